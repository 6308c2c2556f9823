/* The bridge's connections, files that play into it, digits and figures. */
#include "tap.h"
#include <string.h>

/* Digits arrive on the media thread. */
static tap_digit items[1024];
static tap_queue queue = TAP_QUEUE(items);

static void on_dtmf_event(pjsua_call_id id, const pjsua_dtmf_event *event)
{
    const int pressed = event->digit < 128 ? pj_toupper((int)event->digit) : 0;
    const tap_digit digit = {
        tap_legs[id].token, pressed, (int)event->duration, event->method == PJSUA_DTMF_METHOD_SIP_INFO,
    };

    /* PJSIP hands over whatever byte an INFO has after "Signal=". */
    if (digit.token && !(event->flags & PJMEDIA_STREAM_DTMF_IS_UPDATE) && pressed &&
        strchr("0123456789*#ABCD", pressed))
        tap_queue_put(&queue, &digit);
}

pj_status_t tap_media_start(void)
{
    pjsua_var.ua_cfg.cb.on_dtmf_digit = NULL;
    pjsua_var.ua_cfg.cb.on_dtmf_digit2 = NULL;
    pjsua_var.ua_cfg.cb.on_dtmf_event = &on_dtmf_event;
    return tap_queue_open(&queue);
}

void tap_media_stop(void)
{
    pjsua_var.ua_cfg.cb.on_dtmf_event = NULL;
    tap_queue_close(&queue);
}

int tap_signal_fd(void)
{
    return queue.fd;
}

/* Take one digit; 0 when there is none. */
int tap_next_digit(tap_digit *out)
{
    return tap_queue_take(&queue, out);
}

int tap_connect(int source, int sink)
{
    return pjsua_conf_connect(source, sink);
}

int tap_disconnect(int source, int sink)
{
    return pjsua_conf_disconnect(source, sink);
}

/* A looping player through the C API: pjsua2's AudioMediaPlayer can crash when it is
 * deleted near the end of its file. Returns the player, or a negative status. */
int tap_player_open(const char *path)
{
    pj_str_t name = pj_str((char *)path);
    pjsua_player_id player;
    pj_status_t status = pjsua_player_create(&name, 0, &player);

    return status == PJ_SUCCESS ? player : -status;
}

void tap_player_close(int player)
{
    pjsua_player_destroy(player);
}

int tap_player_slot(int player)
{
    return pjsua_player_get_conf_port(player);
}

static void add_stream(tap_figures *figures, pjmedia_stream *stream)
{
    pjmedia_rtcp_stat stat;
    pjmedia_stream_info info;

    if (pjmedia_stream_get_stat(stream, &stat) != PJ_SUCCESS)
        return;
    figures->received += stat.rx.pkt;
    figures->lost += stat.rx.loss;
    figures->discarded += stat.rx.discard;
    figures->duplicated += stat.rx.dup;
    figures->reordered += stat.rx.reorder;
    figures->sent += stat.tx.pkt;
    figures->remote_lost += stat.tx.loss;
    if (stat.rx.jitter.n)
        figures->jitter_us = (unsigned)stat.rx.jitter.mean;
    if (stat.tx.jitter.n)
        figures->remote_jitter_us = (unsigned)stat.tx.jitter.mean;
    if (stat.rtt.n)
        figures->round_trip_us = (unsigned)stat.rtt.mean;
    if (pjmedia_stream_get_info(stream, &info) == PJ_SUCCESS) {
        pj_ansi_snprintf(figures->codec, sizeof(figures->codec), "%.*s", (int)info.fmt.encoding_name.slen,
                         info.fmt.encoding_name.ptr);
        figures->clock_rate = (int)info.fmt.clock_rate;
        if (pj_sockaddr_has_addr(&info.rem_addr))
            pj_sockaddr_print(&info.rem_addr, figures->remote, sizeof(figures->remote), 3);
    }
}

void tap_media_keep_figures(pjsua_call_id id, pjmedia_stream *stream)
{
    add_stream(&tap_legs[id].figures, stream);
}

/* Sum of all streams that the leg has had so far. */
int tap_leg_figures(int id, tap_figures *out)
{
    pjsua_call *call = &pjsua_var.calls[id];
    unsigned i;

    *out = tap_legs[id].figures;
    for (i = 0; i < call->med_cnt; ++i) {
        pjsua_call_media *media = &call->media[i];
        pjmedia_transport_info transport;
        const pjmedia_srtp_info *srtp;

        if (media->type != PJMEDIA_TYPE_AUDIO)
            continue;
        if (media->strm.a.stream)
            add_stream(out, media->strm.a.stream);
        if (media->tp) {
            pjmedia_transport_info_init(&transport);
            pjmedia_transport_get_info(media->tp, &transport);
            srtp = pjmedia_transport_info_get_spc_info(&transport, PJMEDIA_TRANSPORT_TYPE_SRTP);
            out->secured = srtp && srtp->active;
        }
    }
    return PJ_SUCCESS;
}

/* RTP packets received by the leg's live stream: is anybody there? */
unsigned tap_leg_received(int id)
{
    pjsua_call *call = &pjsua_var.calls[id];
    unsigned i, total = tap_legs[id].figures.received;

    for (i = 0; i < call->med_cnt; ++i) {
        pjmedia_rtcp_stat stat;
        pjsua_call_media *media = &call->media[i];

        if (media->type == PJMEDIA_TYPE_AUDIO && media->strm.a.stream &&
            pjmedia_stream_get_stat(media->strm.a.stream, &stat) == PJ_SUCCESS)
            total += stat.rx.pkt;
    }
    return total;
}

/* Opus decodes straight to the bridge's rate: no resampler on its legs. */
int tap_opus_rate(int clock_rate)
{
    pjmedia_codec_opus_config config;
    pjmedia_codec_param param;
    pj_str_t id = pj_str("opus/48000/2");
    pj_status_t status = pjmedia_codec_opus_get_config(&config);

    if (status == PJ_SUCCESS)
        status = pjsua_codec_get_param(&id, &param);
    if (status != PJ_SUCCESS)
        return status;
    config.sample_rate = (unsigned)clock_rate;
    config.channel_cnt = 1;
    config.complexity = 5;
    return pjmedia_codec_opus_set_default_param(&config, &param);
}
