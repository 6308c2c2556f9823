/* Life of the tap, and polling PJSIP from the loop. */
#include "tap.h"
#include <malloc.h>

/* Exported by pjsua, declared in none of its headers. */
PJ_DECL(pj_status_t) pjsua_conf_set_op_cb(pjmedia_conf_op_cb cb);

/* PJSIP writes to stdout until its endpoint is configured; our log is elsewhere. */
void tap_quiet(void)
{
    pj_log_set_level(0);
}

/* A call's pools come to some 300 kB. Without this malloc hands them back to the kernel at its
 * end and gets them again, page fault by page fault, for the next. */
static void keep_freed_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 4 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

/* PJSIP gets each of a call's some 60 pools from malloc and gives it back at the end of a dialog, a
 * transaction or a message. Kept instead, up to so much, they go from call to call. */
static void keep_freed_pools(void)
{
#if !PJ_POOL_DEBUG /* else each piece of memory is malloc's own, for AddressSanitizer to watch */
    ((pj_caching_pool *)pjsua_get_pool_factory())->max_capacity = 16 << 20;
#endif
}

int tap_start(void)
{
    pj_status_t status;

    keep_freed_memory();
    keep_freed_pools();

    /* pjsua2's Endpoint asks to hear of every operation of the conference
     * bridge, on the media clock's thread, under the GIL: never. */
    pjsua_conf_set_op_cb(NULL);

    status = tap_inbound_start();
    if (status == PJ_SUCCESS)
        status = tap_media_start();
    if (status == PJ_SUCCESS)
        status = tap_sounds_start();
    if (status == PJ_SUCCESS)
        status = tap_fax_start();
    if (status == PJ_SUCCESS)
        status = tap_legs_start();
    return status;
}

void tap_stop(void)
{
    tap_inbound_stop();
    tap_registrations_stop();
    tap_capture_stop();
    tap_media_stop();
    tap_sounds_stop();
    tap_fax_stop();
}

/* Handle what is pending, at most `limit` rounds so that a flood of packets
 * cannot keep the loop from its other work. Returns the events handled. */
int tap_poll(int limit)
{
    int total = 0, count;

    do {
        count = pjsua_handle_events(0);
        if (count > 0)
            total += count;
    } while (count > 0 && --limit > 0);
    tap_inbound_passed();
    return total;
}

int tap_epoll_fd(void)
{
    return *(int *)pj_ioqueue_get_os_handle(pjsip_endpt_get_ioqueue(pjsua_get_pjsip_endpt()));
}

void tap_error_text(int status, char *buffer, int size)
{
    pj_str_t text = pj_strerror(status, buffer, size - 1);

    text.ptr[text.slen] = '\0';
    if (text.ptr != buffer)
        memmove(buffer, text.ptr, text.slen + 1);
}

/* What was freed goes back to the kernel: after a piece of work that is not repeated soon. */
void tap_give_back(void)
{
    malloc_trim(0);
}

/* The port a listener really has: it may have been asked for port 0. */
int tap_listener_port(int listener)
{
    pjsua_transport_info info;

    if (pjsua_transport_get_info(listener, &info) != PJ_SUCCESS)
        return -1;
    return info.local_name.port;
}
