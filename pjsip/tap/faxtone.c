/* An ear for fax machines that call: SpanDSP's detector of their tone (CNG, 1100 Hz, ITU-T T.30 4.1) as a port of the
 * bridge. It hears one leg, says nothing, and tells the loop once, by the queue of fax.c. */
#include "tap.h"
#include <stdlib.h>
#include <tiffio.h>
#include <spandsp.h>

#define RATE 8000
#define FRAME (RATE / 50)
#define SIGNATURE PJMEDIA_SIGNATURE('S', 'w', 'F', 'e')

struct tap_fax_ear {
    pjmedia_port base;              /* first: the bridge knows the ear by this */
    modem_connect_tones_rx_state_t *detector;
    pj_pool_t *pool;
    pjsua_conf_port_id slot;
    long token;
    int told;
};

static void on_tone(void *user_data, int code, int level, int delay)
{
    struct tap_fax_ear *ear = user_data;
    tap_fax_news news;

    if (code != MODEM_CONNECT_TONES_FAX_CNG || ear->told)
        return;
    ear->told = 1;
    pj_bzero(&news, sizeof(news));
    news.token = ear->token;
    news.kind = TAP_FAX_CALLS;
    tap_fax_tell(&news);
}

static pj_status_t hear(pjmedia_port *port, pjmedia_frame *frame)
{
    struct tap_fax_ear *ear = (struct tap_fax_ear *)port;

    if (frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->size && !ear->told)
        modem_connect_tones_rx(ear->detector, frame->buf, (int)frame->size / 2);
    return PJ_SUCCESS;
}

static pj_status_t end_ear(pjmedia_port *port)
{
    struct tap_fax_ear *ear = (struct tap_fax_ear *)port;

    modem_connect_tones_rx_free(ear->detector);
    pj_pool_safe_release(&ear->pool);
    free(ear);
    return PJ_SUCCESS;
}

int tap_fax_ear_open(long token, tap_fax_ear **out)
{
    struct tap_fax_ear *ear = calloc(1, sizeof(*ear));
    pj_str_t name = pj_str("fax-ear");
    pj_status_t status = PJ_ENOMEM;

    *out = NULL;
    if (!ear)
        return PJ_ENOMEM;
    ear->token = token;
    ear->detector = modem_connect_tones_rx_init(NULL, MODEM_CONNECT_TONES_FAX_CNG, &on_tone, ear);
    ear->pool = pjsua_pool_create("fax-ear", 512, 512);
    if (ear->detector && ear->pool) {
        pjmedia_port_info_init(&ear->base.info, &name, SIGNATURE, RATE, 1, 16, FRAME);
        ear->base.put_frame = &hear;
        status = pjsua_conf_add_port(ear->pool, &ear->base, &ear->slot);
    }
    if (status == PJ_SUCCESS) {
        ear->base.on_destroy = &end_ear;
        *out = ear;
        return status;
    }
    if (ear->base.grp_lock)
        pjmedia_port_dec_ref(&ear->base);
    if (ear->detector)
        modem_connect_tones_rx_free(ear->detector);
    if (ear->pool)
        pj_pool_safe_release(&ear->pool);
    free(ear);
    return status;
}

int tap_fax_ear_slot(const tap_fax_ear *ear)
{
    return ear->slot;
}

/* As tap_fax_close. */
void tap_fax_ear_close(tap_fax_ear *ear)
{
    pjsua_conf_remove_port(ear->slot);
    pjmedia_port_destroy(&ear->base);
}
