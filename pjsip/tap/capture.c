/* The last SIP messages, both ways, as printed on the wire, in one ring.
 *
 * Writing is a memcpy in C per message, so it is always on: the ladder of a
 * call that went wrong a minute ago is there without asking for it before. */
#include "tap.h"
#include <string.h>
#include <sys/time.h>

/* Before each message in the ring. */
typedef struct {
    pj_uint64_t microseconds;   /* since the epoch */
    pj_uint32_t length;         /* of the message */
    pj_uint16_t port;           /* of the peer */
    pj_uint8_t sent;            /* 1 sent by us, 0 received */
    pj_uint8_t transport;
    char peer[48];              /* IP literal */
} record_header;

static struct {
    char *data;
    int size;
    int head;                   /* where the next record goes */
    int tail;                   /* the oldest record */
    int end;                    /* where the records before the wrap end */
    int wrapped;                /* records lie in [tail,end) and [0,head) */
} ring;

static int record_size(int length)
{
    return (int)((sizeof(record_header) + (unsigned)length + 7) & ~7u);
}

static void drop_oldest(void)
{
    record_header header;

    memcpy(&header, ring.data + ring.tail, sizeof(header));
    ring.tail += record_size((int)header.length);
    if (ring.wrapped && ring.tail >= ring.end) {
        ring.tail = 0;
        ring.wrapped = 0;
    }
}

static void keep(const char *data, int length, const char *peer, int port, int transport, int sent)
{
    record_header header;
    struct timeval now;     /* PJLIB counts in milliseconds, too coarse for the order over two legs */
    int size = record_size(length);

    if (!ring.data || length <= 0 || size > ring.size / 2)
        return;
    if (ring.head + size > ring.size) {
        /* No room before the edge: what is left of the last lap goes, and we start at 0. */
        while (ring.wrapped)
            drop_oldest();
        ring.end = ring.head;
        ring.head = 0;
        ring.wrapped = 1;
        if (ring.tail >= ring.end) {
            ring.tail = 0;
            ring.wrapped = 0;
        }
    }
    while (ring.wrapped && ring.tail < ring.head + size)
        drop_oldest();

    gettimeofday(&now, NULL);
    pj_bzero(&header, sizeof(header));
    header.microseconds = (pj_uint64_t)now.tv_sec * 1000000u + (pj_uint64_t)now.tv_usec;
    header.length = (pj_uint32_t)length;
    header.port = (pj_uint16_t)port;
    header.sent = (pj_uint8_t)sent;
    header.transport = (pj_uint8_t)transport;
    pj_ansi_strxcpy(header.peer, peer, sizeof(header.peer));
    memcpy(ring.data + ring.head, &header, sizeof(header));
    memcpy(ring.data + ring.head + sizeof(header), data, (unsigned)length);
    ring.head += size;
}

static pj_bool_t on_received(pjsip_rx_data *rdata)
{
    keep(rdata->msg_info.msg_buf, rdata->msg_info.len, rdata->pkt_info.src_name, rdata->pkt_info.src_port,
         tap_transport_kind(rdata->tp_info.transport), 0);
    return PJ_FALSE;
}

static pj_status_t on_sent(pjsip_tx_data *tdata)
{
    keep(tdata->buf.start, (int)(tdata->buf.cur - tdata->buf.start), tdata->tp_info.dst_name,
         tdata->tp_info.dst_port, tap_transport_kind(tdata->tp_info.transport), 1);
    return PJ_SUCCESS;
}

static pjsip_module module = {
    NULL, NULL, { "softswitch-capture", 18 }, -1,
    PJSIP_MOD_PRIORITY_TRANSPORT_LAYER - 1,     /* sees messages as printed */
    NULL, NULL, NULL, NULL, &on_received, &on_received, &on_sent, &on_sent, NULL
};

int tap_capture_start(int size)
{
    ring.data = malloc((size_t)size);
    if (!ring.data)
        return PJ_ENOMEM;
    ring.size = size;
    ring.head = ring.tail = ring.end = ring.wrapped = 0;
    return pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &module);
}

void tap_capture_stop(void)
{
    if (module.id != -1)
        pjsip_endpt_unregister_module(pjsua_get_pjsip_endpt(), &module);
    free(ring.data);
    ring.data = NULL;
}

static int copy_matches(int from, int to, const char *needle, char *out, int room)
{
    int written = 0;
    size_t needle_length = strlen(needle);

    while (from < to) {
        record_header header;
        int size;

        memcpy(&header, ring.data + from, sizeof(header));
        size = record_size((int)header.length);
        if (memmem(ring.data + from + sizeof(header), header.length, needle, needle_length)) {
            if (written + size > room)
                break;
            memcpy(out + written, ring.data + from, (unsigned)size);
            written += size;
        }
        from += size;
    }
    return written;
}

/* Copy the records whose message holds `needle` (a Call-ID), oldest first, as they
 * lie in the ring. Returns the bytes written to `out`. */
int tap_capture_find(const char *needle, char *out, int size)
{
    int written;

    if (!ring.data || !*needle)
        return 0;
    if (!ring.wrapped)
        return copy_matches(ring.tail, ring.head, needle, out, size);
    written = copy_matches(ring.tail, ring.end, needle, out, size);
    return written + copy_matches(0, ring.head, needle, out + written, size - written);
}
