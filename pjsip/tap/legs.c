/* Legs: INVITE dialogs of pjsua, by call id. */
#include "tap.h"
#include <string.h>

tap_leg tap_legs[PJSUA_MAX_CALLS];

/* The codec that the next offer starts with, while tap_leg_call runs; "" for none. */
static char first_codec[32];
/* In its place: an offer for a fax, of G.711 alone. */
static const char for_fax[] = "fax";

static void audio_only(pjsua_call_setting *setting)
{
    pjsua_call_setting_default(setting);
    setting->aud_cnt = 1;
    setting->vid_cnt = 0;
    setting->txt_cnt = 0;
    setting->flag = 0;
}

typedef struct {
    pjsua_msg_data data;
    pj_pool_t *pool;
} message_extras;

static void extras_open(message_extras *extras, const char *headers)
{
    pjsua_msg_data_init(&extras->data);
    extras->pool = NULL;
    if (headers && *headers) {
        extras->pool = pjsua_pool_create("tap-headers", 512, 512);
        tap_parse_headers(extras->pool, headers, &extras->data.hdr_list);
    }
}

static void extras_close(message_extras *extras)
{
    if (extras->pool)
        pj_pool_release(extras->pool);
}

/* ---- what pjsua tells ---- */

static void on_incoming_call(pjsua_acc_id account, pjsua_call_id id, pjsip_rx_data *rdata)
{
    tap_leg *leg = &tap_legs[id];

    PJ_UNUSED_ARG(account);
    PJ_UNUSED_ARG(rdata);
    pj_bzero(leg, sizeof(*leg));
    tap_ports_note(id);
    tap_inbound_passed();
    leg->token = tap_on_incoming(id);
    if (!leg->token)
        pjsua_call_hangup(id, 500, NULL, NULL);
}

static void on_rejected(const pjsua_on_rejected_incoming_call_param *param)
{
    tap_inbound_passed();
    tap_on_rejected(param->st_code);
}

/* The headers of the message behind an event that say why, one a line. */
static void reasons_of(pjsip_event *event, char *out, int size)
{
    static const char *const names[] = { "Reason", "Warning", "Contact", "Retry-After" };
    const pjsip_msg *msg;
    unsigned i;
    int used = 0;

    *out = '\0';
    if (event->type != PJSIP_EVENT_TSX_STATE || event->body.tsx_state.type != PJSIP_EVENT_RX_MSG)
        return;
    msg = event->body.tsx_state.src.rdata->msg_info.msg;
    for (i = 0; i < PJ_ARRAY_SIZE(names); ++i) {
        pj_str_t name = pj_str((char *)names[i]);
        pjsip_hdr *header = pjsip_msg_find_hdr_by_name(msg, &name, NULL);
        int length;

        if (!header || size - used < 8)
            continue;
        length = pjsip_hdr_print_on(header, out + used, (pj_size_t)(size - used - 2));
        if (length <= 0)
            continue;
        used += length;
        out[used++] = '\n';
        out[used] = '\0';
    }
}

static void on_call_state(pjsua_call_id id, pjsip_event *event)
{
    pjsua_call *call = &pjsua_var.calls[id];
    tap_leg *leg = &tap_legs[id];
    long token = leg->token;
    char reason[128], headers[512];
    int state, remote;

    if (!token)
        return;
    remote = event->type == PJSIP_EVENT_TSX_STATE && event->body.tsx_state.type == PJSIP_EVENT_RX_MSG;
    state = call->hanging_up || !call->inv ? TAP_STATE_DISCONNECTED : (int)call->inv->state;
    if (event->type == PJSIP_EVENT_USER)
        state = TAP_STATE_DISCONNECTED;
    /* What we have sent the leg knows, and an answer is told by CONFIRMED: half of a call's states. */
    if (state == TAP_STATE_CALLING || state == TAP_STATE_INCOMING || state == TAP_STATE_CONNECTING ||
        (state == TAP_STATE_EARLY && call->inv->role == PJSIP_ROLE_UAS))
        return;
    reason[0] = headers[0] = '\0';
    if (state == TAP_STATE_DISCONNECTED)
        reasons_of(event, headers, sizeof(headers));
    if (state == TAP_STATE_DISCONNECTED || state == TAP_STATE_EARLY)
        pj_ansi_snprintf(reason, sizeof(reason), "%.*s", (int)call->last_text.slen, call->last_text.ptr);
    tap_on_state(token, id, state, (int)call->last_code, reason, remote, headers);
    if (state == TAP_STATE_DISCONNECTED)
        leg->token = 0;
}

/* What became of the request that shows an identity. PJSIP has taken the response already. */
static void on_call_tsx_state(pjsua_call_id id, pjsip_transaction *tsx, pjsip_event *event)
{
    tap_leg *leg = &tap_legs[id];

    PJ_UNUSED_ARG(event);
    if (leg->showing && tsx->role == PJSIP_ROLE_UAC && tsx->last_tx == leg->showing) {
        leg->showing = NULL;
        leg->shown_by = tsx;
    }
    if (tsx != leg->shown_by || tsx->state < PJSIP_TSX_STATE_COMPLETED)
        return;
    leg->shown_by = NULL;
    if (leg->token)
        tap_on_shown(leg->token, tsx->status_code);
}

static void on_call_media_state(pjsua_call_id id)
{
    pjsua_call *call = &pjsua_var.calls[id];
    unsigned i;

    if (!tap_legs[id].token)
        return;
    for (i = 0; i < call->med_cnt; ++i) {
        pjsua_call_media *media = &call->media[i];
        if (media->type == PJMEDIA_TYPE_AUDIO && media->state != PJSUA_CALL_MEDIA_NONE) {
            tap_on_media(tap_legs[id].token, id, media->strm.a.conf_slot, (int)media->state, (int)media->dir);
            return;
        }
    }
    tap_on_media(tap_legs[id].token, id, -1, 0, 0);
}

/* PJMEDIA sends four RTCP packets as a stream begins and ends, on the loop's thread: a tenth of what a
 * call's set-up costs, for what SIP says anyway. The reports in between carry SDES as they must
 * (RFC 3550, 6.1). */
static void say_in_rtcp(pjmedia_stream *stream, int speak)
{
    ((pjmedia_stream_common *)stream)->rtcp_sdes_bye_disabled = !speak;
}

static void on_stream_created(pjsua_call_id id, pjsua_on_stream_created_param *param)
{
    say_in_rtcp(param->stream, 1);
    if (tap_legs[id].token && tap_legs[id].fax)
        tap_fax_stream(param->stream);
}

static void on_stream_destroyed(pjsua_call_id id, pjmedia_stream *stream, unsigned index)
{
    PJ_UNUSED_ARG(index);
    tap_media_keep_figures(id, stream);
    say_in_rtcp(stream, 0);
}

/* Only what carries a modem's tones stays in a description: PCMU and PCMA, whose numbers are fixed
 * (RFC 3551 section 6). Keys have no meaning there. False when nothing would stay. */
static int keep_g711(pjmedia_sdp_session *sdp)
{
    unsigned m, f;

    for (m = 0; m < sdp->media_count; ++m) {
        pjmedia_sdp_media *media = sdp->media[m];
        unsigned kept = 0;

        if (pj_stricmp2(&media->desc.media, "audio") != 0 || !media->desc.port)
            continue;
        for (f = 0; f < media->desc.fmt_count; ++f) {
            pjmedia_sdp_attr *map = pjmedia_sdp_media_find_attr2(media, "rtpmap", &media->desc.fmt[f]);
            pjmedia_sdp_attr *parameters = pjmedia_sdp_media_find_attr2(media, "fmtp", &media->desc.fmt[f]);

            if (pj_strcmp2(&media->desc.fmt[f], "0") == 0 || pj_strcmp2(&media->desc.fmt[f], "8") == 0) {
                media->desc.fmt[kept++] = media->desc.fmt[f];
                continue;
            }
            if (map)
                pjmedia_sdp_media_remove_attr(media, map);
            if (parameters)
                pjmedia_sdp_media_remove_attr(media, parameters);
        }
        media->desc.fmt_count = kept;
        if (!kept)
            return 0;
    }
    return 1;
}

static int offers_g711(const pjmedia_sdp_session *sdp)
{
    unsigned m, f;

    for (m = 0; m < sdp->media_count; ++m) {
        const pjmedia_sdp_media *media = sdp->media[m];

        for (f = 0; f < media->desc.fmt_count && pj_stricmp2(&media->desc.media, "audio") == 0; ++f) {
            if (pj_strcmp2(&media->desc.fmt[f], "0") == 0 || pj_strcmp2(&media->desc.fmt[f], "8") == 0)
                return 1;
        }
    }
    return 0;
}

/* Move one codec to the front of our offer, so that the callee takes what the caller
 * speaks and nothing needs transcoding. */
static void on_call_sdp_created(pjsua_call_id id, pjmedia_sdp_session *sdp, pj_pool_t *pool,
                                const pjmedia_sdp_session *remote)
{
    unsigned m, f;

    PJ_UNUSED_ARG(pool);
    if (strcmp(first_codec, for_fax) == 0 || (tap_legs[id].token && tap_legs[id].fax)) {
        keep_g711(sdp);
        return;
    }
    if (remote || !first_codec[0])
        return;
    for (m = 0; m < sdp->media_count; ++m) {
        pjmedia_sdp_media *media = sdp->media[m];

        if (pj_stricmp2(&media->desc.media, "audio") != 0)
            continue;
        for (f = 1; f < media->desc.fmt_count; ++f) {
            pjmedia_sdp_rtpmap map;
            const pjmedia_sdp_attr *attr =
                pjmedia_sdp_media_find_attr2(media, "rtpmap", &media->desc.fmt[f]);

            if (!attr || pjmedia_sdp_attr_get_rtpmap(attr, &map) != PJ_SUCCESS)
                continue;
            if (pj_strnicmp2(&map.enc_name, first_codec, map.enc_name.slen) == 0 &&
                first_codec[map.enc_name.slen] == '/')
            {
                pj_str_t format = media->desc.fmt[f];

                memmove(&media->desc.fmt[1], &media->desc.fmt[0], f * sizeof(format));
                media->desc.fmt[0] = format;
                break;
            }
        }
    }
}

static void on_account_for_incoming(const pjsip_rx_data *rdata, pjsua_acc_id *account)
{
    PJ_UNUSED_ARG(rdata);
    *account = tap_incoming_account();
}

/* The leg whose CANCEL or BYE this is. */
static pjsua_call *call_of(const pjsip_tx_data *tdata)
{
    const pjsip_cid_hdr *call_id = pjsip_msg_find_hdr(tdata->msg, PJSIP_H_CALL_ID, NULL);
    const pjsip_from_hdr *from = pjsip_msg_find_hdr(tdata->msg, PJSIP_H_FROM, NULL);
    const pjsip_to_hdr *to = pjsip_msg_find_hdr(tdata->msg, PJSIP_H_TO, NULL);
    pjsip_dialog *dialog;
    unsigned i;

    if (!call_id || !from || !to)
        return NULL;
    dialog = pjsip_ua_find_dialog(&call_id->id, &from->tag, &to->tag, PJ_FALSE);
    if (dialog)
        return dialog->mod_data[pjsua_var.mod.id];
    /* A CANCEL has no To tag and its dialog may have one by now. */
    for (i = 0; i < pjsua_var.ua_cfg.max_calls; ++i) {
        pjsua_call *call = &pjsua_var.calls[i];

        if (call->inv && pj_strcmp(&call->inv->dlg->call_id->id, &call_id->id) == 0)
            return call;
    }
    return NULL;
}

/* A BYE that nobody asked for: PJSIP gives the dialog up, since its session refresh (RFC 4028) or
 * re-INVITE was not answered. It would tell only when the BYE has timed out too, half a minute on. */
static void tell_given_up(pjsua_call *call)
{
    tap_leg *leg = &tap_legs[call->index];
    long token = leg->token;

    if (!token || call->hanging_up || !call->inv || call->inv->state != PJSIP_INV_STATE_CONFIRMED)
        return;
    leg->token = 0;
    tap_on_state(token, call->index, TAP_STATE_DISCONNECTED, call->inv->cause ? (int)call->inv->cause : 408,
                 "Given Up", 0, "");
}

/* Our CANCEL and BYE say why (RFC 3326): also the CANCEL that PJSIP holds back until the
 * first provisional response and then sends by itself. */
static pj_status_t on_tx_request(pjsip_tx_data *tdata)
{
    const pjsip_method *method = &tdata->msg->line.req.method;
    pjsua_call *call;
    pj_str_t reason = { "Reason", 6 };
    const char *headers;
    pjsip_hdr list, *header;

    if (method->id != PJSIP_CANCEL_METHOD && method->id != PJSIP_BYE_METHOD)
        return PJ_SUCCESS;
    call = call_of(tdata);
    if (!call)
        return PJ_SUCCESS;
    if (method->id == PJSIP_BYE_METHOD)
        tell_given_up(call);
    if (pjsip_msg_find_hdr_by_name(tdata->msg, &reason, NULL))
        return PJ_SUCCESS;
    headers = tap_legs[call->index].end_headers;
    pj_list_init(&list);
    tap_parse_headers(tdata->pool, headers, &list);
    while ((header = list.next) != &list) {
        pj_list_erase(header);
        pjsip_msg_add_hdr(tdata->msg, header);
    }
    return PJ_SUCCESS;
}

/* A re-INVITE that crosses the end of its call: PJSIP would never answer it. */
static pj_bool_t on_rx_request(pjsip_rx_data *rdata)
{
    pjsip_dialog *dialog;
    pjsua_call *call;

    if (rdata->msg_info.msg->line.req.method.id != PJSIP_INVITE_METHOD || !rdata->msg_info.to->tag.slen)
        return PJ_FALSE;
    dialog = pjsip_ua_find_dialog(&rdata->msg_info.cid->id, &rdata->msg_info.to->tag,
                                  &rdata->msg_info.from->tag, PJ_FALSE);
    call = dialog ? dialog->mod_data[pjsua_var.mod.id] : NULL;
    if (!dialog || (call && call->inv && call->inv->state < PJSIP_INV_STATE_DISCONNECTED))
        return PJ_FALSE;
    pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, 481, NULL, NULL, NULL);
    return PJ_TRUE;
}

/* PJSIP answers 500 where the failure is not ours: to an offer in the dialog that we cannot take
 * (RFC 3261 section 14.2 wants 488), and to a request whose call is over (section 12.2.2: 481). */
static pj_status_t on_tx_response(pjsip_tx_data *tdata)
{
    pjsip_status_line *line = &tdata->msg->line.status;

    if (line->code != 500)
        return PJ_SUCCESS;
    if (pj_strcmp2(&line->reason, "SDP negotiation failed") == 0)
        line->code = 488;
    else if (pj_strcmp2(&line->reason, "Unhandled by dialog usages") == 0)
        line->code = 481;
    if (line->code != 500)
        line->reason = *pjsip_get_status_text(line->code);
    return PJ_SUCCESS;
}

static pjsip_module module = {
    NULL, NULL, { "softswitch-legs", 15 }, -1,
    PJSIP_MOD_PRIORITY_TRANSPORT_LAYER + 2,
    NULL, NULL, NULL, NULL, &on_rx_request, NULL, &on_tx_request, &on_tx_response, NULL
};

pj_status_t tap_legs_start(void)
{
    pjsua_callback *callbacks = &pjsua_var.ua_cfg.cb;

    pj_bzero(tap_legs, sizeof(tap_legs));
    callbacks->on_incoming_call = &on_incoming_call;
    callbacks->on_rejected_incoming_call = &on_rejected;
    callbacks->on_call_state = &on_call_state;
    callbacks->on_call_tsx_state = &on_call_tsx_state;
    callbacks->on_call_media_state = &on_call_media_state;
    callbacks->on_stream_created2 = &on_stream_created;
    callbacks->on_stream_destroyed = &on_stream_destroyed;
    pjsua_var.media_cfg.no_rtcp_sdes_bye = PJ_TRUE;     /* at the beginning: see say_in_rtcp */
    callbacks->on_call_sdp_created = &on_call_sdp_created;
    callbacks->on_acc_find_for_incoming = &on_account_for_incoming;
    /* pjsua2 hooks that would run for each of our legs to no end. */
    callbacks->on_stream_precreate = NULL;
    callbacks->on_stream_created = NULL;
    callbacks->on_create_media_transport = NULL;
    callbacks->on_call_media_transport_state = NULL;
    callbacks->on_call_media_event = NULL;
    callbacks->on_call_rx_offer = NULL;
    callbacks->on_call_rx_reinvite = NULL;
    callbacks->on_call_tx_offer = NULL;
    callbacks->on_call_redirected = NULL;
    callbacks->on_call_replace_request = NULL;
    callbacks->on_call_replace_request2 = NULL;
    callbacks->on_call_replaced = NULL;
    callbacks->on_call_transfer_request = NULL;
    callbacks->on_call_transfer_request2 = NULL;
    return pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &module);
}

/* ---- what Python asks ---- */

int tap_account_add(const char *id, const char *contact, int listener, int ipv6,
                    const char *media_address, const char *media_bind,
                    int rtp_port, int rtp_port_range, int srtp,
                    int session_expires, int min_se, const char *user, const char *password)
{
    pjsua_acc_config config;
    pjsua_acc_id account;
    pj_status_t status;

    pjsua_acc_config_default(&config);
    config.id = pj_str((char *)id);
    config.force_contact = pj_str((char *)contact);
    config.register_on_acc_add = PJ_FALSE;
    config.transport_id = listener;
    config.allow_contact_rewrite = 0;
    config.allow_via_rewrite = PJ_FALSE;
    config.lock_codec = 0;
    config.require_100rel = PJSUA_100REL_OPTIONAL;
    config.use_timer = session_expires ? PJSUA_SIP_TIMER_ALWAYS : PJSUA_SIP_TIMER_INACTIVE;
    if (session_expires) {
        config.timer_setting.sess_expires = (unsigned)session_expires;
        config.timer_setting.min_se = (unsigned)min_se;
    }
    config.ipv6_sip_use = PJSUA_IPV6_ENABLED_NO_PREFERENCE;
    config.ipv6_media_use = ipv6 ? PJSUA_IPV6_ENABLED_USE_IPV6_ONLY : PJSUA_IPV6_DISABLED;
    pjsua_transport_config_default(&config.rtp_cfg);
    config.rtp_cfg.qos_type = PJ_QOS_TYPE_VOICE;    /* DSCP EF: switches and routers hurry it */
    config.rtp_cfg.port = (unsigned)rtp_port;
    config.rtp_cfg.port_range = (unsigned)rtp_port_range;
    config.rtp_cfg.public_addr = pj_str((char *)media_address);
    config.rtp_cfg.bound_addr = pj_str((char *)media_bind);
    config.use_srtp = (pjmedia_srtp_use)srtp;
    config.srtp_secure_signaling = 0;
    config.srtp_opt.keying_count = 1;
    config.srtp_opt.keying[0] = PJMEDIA_SRTP_KEYING_SDES;
    if (*user) {
        config.cred_count = 1;
        tap_credentials(&config.cred_info[0], user, password);
    }
    status = pjsua_acc_add(&config, PJ_FALSE, &account);
    if (status == PJ_SUCCESS && account == 0)
        tap_ports_range(rtp_port, rtp_port_range);
    return status == PJ_SUCCESS ? account : -status;
}

/* PJ_EBUSY while a leg is of it. The first one stays: the range of RTP ports is its. */
int tap_account_drop(int account)
{
    int i;

    for (i = 0; i < PJSUA_MAX_CALLS; ++i) {
        if (pjsua_var.calls[i].acc_id == account && pjsua_var.calls[i].inv)
            return PJ_EBUSY;
    }
    return account == 0 ? PJ_EBUSY : pjsua_acc_del(account);
}

/* Returns a status; *id is the new leg. Events may come before it returns. */
int tap_leg_call(int account, const char *target, const char *to, const char *from,
                 const char *call_id, const char *headers, const char *codec,
                 long token, int *id)
{
    message_extras extras;
    pjsua_call_setting setting;
    pj_str_t to_uri = pj_str((char *)to);
    pjsua_call_id made = PJSUA_INVALID_ID;
    pj_status_t status = tap_ports_prepare(account);

    if (status != PJ_SUCCESS)
        return status;
    audio_only(&setting);
    setting.custom_call_id = pj_str((char *)call_id);
    extras_open(&extras, headers);
    extras.data.target_uri = pj_str((char *)target);
    extras.data.local_uri = pj_str((char *)from);
    pj_ansi_strxcpy(first_codec, codec, sizeof(first_codec));
    status = pjsua_call_make_call(account, &to_uri, &setting, NULL, &extras.data, &made);
    first_codec[0] = '\0';
    extras_close(&extras);
    *id = made;
    if (status == PJ_SUCCESS && !pjsua_var.calls[made].inv)
        status = PJSIP_ESESSIONTERMINATED;      /* the connection was refused at once */
    if (status == PJ_SUCCESS) {
        pj_bzero(&tap_legs[made], sizeof(tap_legs[made]));
        tap_legs[made].token = token;
        tap_legs[made].fax = strcmp(codec, for_fax) == 0;
        tap_ports_note(made);
    }
    return status;
}

/* PJSIP makes each answer to an INVITE out of the one before, headers and all. Who is shown now
 * replaces who was shown then. */
static void forget_identity(int id, const pjsip_hdr *headers)
{
    pj_str_t name = { "P-Asserted-Identity", 19 };
    pjsip_inv_session *inv = pjsua_var.calls[id].inv;
    const pjsip_hdr *header;

    if (!inv || !inv->last_answer)
        return;
    for (header = headers->next; header != headers; header = header->next) {
        if (pj_stricmp(&header->name, &name) == 0) {
            tap_drop_headers(inv->last_answer->msg, "P-Asserted-Identity");
            return;
        }
    }
}

int tap_leg_answer(int id, int code, const char *reason, const char *headers)
{
    message_extras extras;
    pjsua_call_setting setting;
    pj_str_t text = pj_str((char *)reason);
    pj_status_t status;
    /* After an INVITE without offer the first answer with SDP creates the media transport. */
    int needs_port = !pjsua_var.calls[id].media[0].tp;

    if (needs_port && (status = tap_ports_prepare(pjsua_var.calls[id].acc_id)) != PJ_SUCCESS)
        return status;
    audio_only(&setting);
    extras_open(&extras, headers);
    forget_identity(id, &extras.data.hdr_list);
    status = pjsua_call_answer2(id, &setting, (unsigned)code, text.slen ? &text : NULL, &extras.data);
    extras_close(&extras);
    if (needs_port && status == PJ_SUCCESS)
        tap_ports_note(id);
    return status;
}

/* The leg carries a fax from now on: G.711 and a jitter buffer that never hurries. To be asked before the answer;
 * a leg that is answered already in another codec is offered G.711 by re-INVITE. PJMEDIA_SDPNEG_ENOMEDIA where the
 * far end has offered none. */
int tap_leg_fax(int id)
{
    pjsua_call *call = &pjsua_var.calls[id];
    pjsip_inv_session *inv = call->inv;
    const pjmedia_sdp_session *local = NULL, *remote = NULL;
    pjmedia_stream *stream = call->media[0].strm.a.stream;
    pjsua_call_setting setting;

    if (!inv)
        return PJSIP_ESESSIONTERMINATED;
    tap_legs[id].fax = 1;
    if (stream) {
        pjmedia_stream_info info;

        tap_fax_stream(stream);
        if (pjmedia_stream_get_info(stream, &info) == PJ_SUCCESS && info.fmt.pt != 0 && info.fmt.pt != 8 &&
            inv->state == PJSIP_INV_STATE_CONFIRMED)
        {
            audio_only(&setting);
            return pjsua_call_reinvite2(id, &setting, NULL);
        }
        return PJ_SUCCESS;
    }
    if (!inv->neg || pjmedia_sdp_neg_get_state(inv->neg) != PJMEDIA_SDP_NEG_STATE_WAIT_NEGO)
        return PJ_SUCCESS;      /* no offer yet: ours will be of G.711 */
    if (pjmedia_sdp_neg_get_neg_remote(inv->neg, &remote) == PJ_SUCCESS && !offers_g711(remote))
        return PJMEDIA_SDPNEG_ENOMEDIA;
    if (pjmedia_sdp_neg_get_neg_local(inv->neg, &local) == PJ_SUCCESS &&
        !keep_g711((pjmedia_sdp_session *)local))
        return PJMEDIA_SDPNEG_ENOMEDIA;
    return PJ_SUCCESS;
}

int tap_leg_hangup(int id, int code, const char *reason, const char *headers)
{
    message_extras extras;
    pj_str_t text = pj_str((char *)reason);
    pj_status_t status;

    extras_open(&extras, headers);
    status = pjsua_call_hangup(id, (unsigned)code, text.slen ? &text : NULL, &extras.data);
    extras_close(&extras);
    return status;
}

int tap_leg_dtmf(int id, const char *digits, int use_info)
{
    pjsua_call_send_dtmf_param param;

    pjsua_call_send_dtmf_param_default(&param);
    param.method = use_info ? PJSUA_DTMF_METHOD_SIP_INFO : PJSUA_DTMF_METHOD_RFC2833;
    param.digits = pj_str((char *)digits);
    return pjsua_call_send_dtmf(id, &param);
}

int tap_leg_headers_at_end(int id, const char *headers)
{
    pj_ansi_strxcpy(tap_legs[id].end_headers, headers, sizeof(tap_legs[id].end_headers));
    return PJ_SUCCESS;
}

static pjsip_dialog *dialog_of(int id)
{
    pjsip_inv_session *inv = pjsua_var.calls[id].inv;

    return inv ? inv->dlg : NULL;
}

/* Both tags of the leg's dialog. Fails while the far end has none. */
int tap_leg_tags(int id, char *local, int local_size, char *remote, int remote_size)
{
    pjsip_dialog *dialog = dialog_of(id);
    const pj_str_t *mine, *theirs;

    if (!dialog || !dialog->remote.info->tag.slen)
        return PJ_ENOTFOUND;
    mine = &dialog->local.info->tag;
    theirs = &dialog->remote.info->tag;
    if (mine->slen >= local_size || theirs->slen >= remote_size)
        return PJ_ETOOBIG;
    pj_ansi_snprintf(local, (pj_size_t)local_size, "%.*s", (int)mine->slen, mine->ptr);
    pj_ansi_snprintf(remote, (pj_size_t)remote_size, "%.*s", (int)theirs->slen, theirs->ptr);
    return PJ_SUCCESS;
}

/* The token of the leg in that dialog, 0 for none. */
long tap_leg_of(const char *call_id, const char *local_tag, const char *remote_tag)
{
    pj_str_t id = pj_str((char *)call_id), local = pj_str((char *)local_tag), remote = pj_str((char *)remote_tag);
    pjsip_dialog *dialog = pjsip_ua_find_dialog(&id, &local, &remote, PJ_FALSE);
    pjsua_call *call = dialog ? dialog->mod_data[pjsua_var.mod.id] : NULL;

    return call ? tap_legs[call->index].token : 0;
}

static void forget_reply(void *token, pjsip_event *event)
{
    PJ_UNUSED_ARG(token);
    PJ_UNUSED_ARG(event);
}

/* The message outlives the dialog where nobody answers it, and so must what it is made of. */
static void own_routes(pjsip_tx_data *tdata)
{
    pjsip_hdr *header = tdata->msg->hdr.next;

    while (header != &tdata->msg->hdr) {
        pjsip_hdr *next = header->next;

        if (header->type == PJSIP_H_ROUTE) {
            pj_list_insert_before(next, pjsip_hdr_clone(tdata->pool, header));
            pj_list_erase(header);
        }
        header = next;
    }
}

static void add_headers(pjsip_tx_data *tdata, const char *headers)
{
    pjsip_hdr list, *header;

    pj_list_init(&list);
    tap_parse_headers(tdata->pool, headers, &list);
    while ((header = list.next) != &list) {
        pj_list_erase(header);
        pjsip_msg_add_hdr(tdata->msg, header);
    }
}

/* A request in the leg's dialog whose answer says nothing about the call: with a transaction of its
 * own, since PJSIP would end the call for a 481 (RFC 5057 section 5.1 has it end only what the request
 * was about). */
int tap_leg_request(int id, const char *method_name, const char *headers,
                    const char *content_type, const char *body, int body_length)
{
    pjsip_dialog *dialog = dialog_of(id);
    pjsip_method method;
    pj_str_t name = pj_str((char *)method_name);
    pjsip_tx_data *tdata;
    pj_status_t status;

    if (!dialog)
        return PJSIP_ESESSIONTERMINATED;
    pjsip_method_init_np(&method, &name);
    status = pjsip_dlg_create_request(dialog, &method, -1, &tdata);
    if (status != PJ_SUCCESS)
        return status;
    own_routes(tdata);
    add_headers(tdata, headers);
    if (body_length > 0) {
        pj_str_t type = pj_str((char *)content_type), data = { (char *)body, body_length };
        pjsip_media_type media_type;

        pjsua_parse_media_type(tdata->pool, &type, &media_type);
        tdata->msg->body = pjsip_msg_body_create(tdata->pool, &media_type.type, &media_type.subtype, &data);
        tdata->msg->body->content_type = media_type;
    }
    PJSIP_MSG_CSEQ_HDR(tdata->msg)->cseq = dialog->local.cseq++;
    pjsip_tx_data_invalidate_msg(tdata);
    pjsip_tx_data_set_transport(tdata, &dialog->tp_sel);
    return pjsip_endpt_send_request(dialog->endpt, tdata, -1, NULL, &forget_reply);
}

/* Our description as it stands, offered once more: PJSIP refreshes sessions in the same way. */
static pj_status_t same_offer(pjsip_inv_session *inv, pjsip_tx_data **tdata)
{
    const pjmedia_sdp_session *offer;
    pj_status_t status = pjsip_inv_invite(inv, tdata);

    if (status != PJ_SUCCESS)
        return status;
    status = pjmedia_sdp_neg_send_local_offer(inv->pool_prov, inv->neg, &offer);
    if (status == PJ_SUCCESS)
        status = pjmedia_sdp_neg_get_neg_local(inv->neg, &offer);
    if (status == PJ_SUCCESS)
        status = pjsip_create_sdp_body((*tdata)->pool, (pjmedia_sdp_session *)offer, &(*tdata)->msg->body);
    if (status != PJ_SUCCESS)
        pjsip_tx_data_dec_ref(*tdata);
    return status;
}

/* Tell the far end of a confirmed leg who it talks to: UPDATE without description, or re-INVITE
 * where the phone takes none. TAP_BUSY while another exchange is on; what became of it tap_on_shown
 * tells. */
int tap_leg_show(int id, const char *headers)
{
    pj_str_t update = { "UPDATE", 6 };
    pjsip_inv_session *inv = pjsua_var.calls[id].inv;
    tap_leg *leg = &tap_legs[id];
    pjsip_tx_data *tdata;
    pj_status_t status;

    if (!inv || inv->state != PJSIP_INV_STATE_CONFIRMED || pjsua_var.calls[id].hanging_up)
        return PJSIP_ESESSIONTERMINATED;
    if (leg->showing || leg->shown_by)
        return TAP_BUSY;
    if (pjsip_dlg_remote_has_cap(inv->dlg, PJSIP_H_ALLOW, NULL, &update) == PJSIP_DIALOG_CAP_SUPPORTED) {
        status = pjsip_inv_update(inv, NULL, NULL, &tdata);
    } else {
        if (inv->invite_tsx || pjmedia_sdp_neg_get_state(inv->neg) != PJMEDIA_SDP_NEG_STATE_DONE)
            return TAP_BUSY;
        status = same_offer(inv, &tdata);
    }
    if (status != PJ_SUCCESS)
        return status;
    add_headers(tdata, headers);
    leg->showing = tdata;
    status = pjsip_inv_send_msg(inv, tdata);
    if (status != PJ_SUCCESS) {
        leg->showing = NULL;
        leg->shown_by = NULL;
    }
    return status;
}

/* Slots that pjsua still holds, ended legs waiting for their last transaction among them. */
int tap_legs_in_use(void)
{
    return (int)pjsua_var.call_cnt;
}

/* Transactions that stand: those that are over are kept for 32 s (RFC 3261 section 17). */
int tap_transactions(void)
{
    return (int)pjsip_tsx_layer_get_tsx_count();
}
