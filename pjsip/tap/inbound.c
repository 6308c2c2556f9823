/* Requests from the wire, before any other part of PJSIP acts on them. */
#include "tap.h"
#include <string.h>
#include <sys/resource.h>

#define MAX_HELD 8192
#define FIRST_MESSAGE_WITHIN 15         /* seconds a new connection has for its first message */

/* The request that Python is being asked about. */
static pjsip_rx_data *current;
/* The dialog that it belongs to, if any. */
static pjsip_dialog *current_dialog;
/* The account that Python chose for the INVITE it let through; -1 otherwise. */
static int passing_account = -1;
/* Where the message came from that Python is being told of as malformed. */
static pjsip_transport *dropped_on;
static pj_sockaddr dropped_from;
/* Connections that must not be closed as idle: phones are registered over them. */
static struct { pjsip_transport *transport; unsigned serial; } held[MAX_HELD];
static int held_top;
static unsigned connections, most_connections;

int tap_incoming_account(void) { return passing_account; }
/* The INVITE has become a leg or was refused: later responses are call control's own. */
void tap_inbound_passed(void) { passing_account = -1; }

int tap_transport_kind(const pjsip_transport *tp)
{
    switch (tp ? tp->key.type & ~PJSIP_TRANSPORT_IPV6 : 0) {
    case PJSIP_TRANSPORT_UDP: return TAP_UDP;
    case PJSIP_TRANSPORT_TCP: return TAP_TCP;
    case PJSIP_TRANSPORT_TLS: return TAP_TLS;
    default: return 0;
    }
}

int tap_listener_of(const pjsip_transport *tp)
{
    unsigned i;

    for (i = 0; i < PJ_ARRAY_SIZE(pjsua_var.tpdata); ++i) {
        const void *ptr = pjsua_var.tpdata[i].data.ptr;
        if (ptr && (ptr == tp || ptr == tp->factory))
            return (int)i;
    }
    return -1;
}

static int is_literal(const pj_str_t *host)
{
    pj_in_addr v4;
    pj_in6_addr v6;

    return pj_inet_pton(pj_AF_INET(), host, &v4) == PJ_SUCCESS ||
           pj_inet_pton(pj_AF_INET6(), host, &v6) == PJ_SUCCESS;
}

/* Whether a proxy stands between: it knows the way to the phone itself. It says so by Record-Route when the
 * dialog begins, and need not later on (RFC 3261 section 16.6); a request has its Via, too. */
static int came_through_proxy(const pjsip_rx_data *rdata)
{
    const pjsip_msg *msg = rdata->msg_info.msg;
    const int is_request = msg->type == PJSIP_REQUEST_MSG;
    const pj_str_t *ours = is_request ? &rdata->msg_info.to->tag : &rdata->msg_info.from->tag;
    const pj_str_t *theirs = is_request ? &rdata->msg_info.from->tag : &rdata->msg_info.to->tag;
    const pjsip_dialog *dialog;

    if (rdata->msg_info.record_route)
        return 1;
    if (is_request && rdata->msg_info.via->next != (void *)&msg->hdr &&
        pjsip_msg_find_hdr(msg, PJSIP_H_VIA, rdata->msg_info.via->next))
        return 1;
    if (!ours->slen || !theirs->slen)
        return 0;
    dialog = pjsip_ua_find_dialog(&rdata->msg_info.cid->id, ours, theirs, PJ_FALSE);
    return dialog && !pj_list_empty(&dialog->route_set);
}

/* In-dialog requests follow the Contact. A phone behind NAT, or on a connection that it
 * opened, is reached only where its packets come from: write that into its Contact. */
static void contact_follows_source(pjsip_rx_data *rdata)
{
    pjsip_contact_hdr *contact;
    pjsip_sip_uri *uri;
    int kind = tap_transport_kind(rdata->tp_info.transport);

    if (came_through_proxy(rdata))
        return;
    contact = pjsip_msg_find_hdr(rdata->msg_info.msg, PJSIP_H_CONTACT, NULL);
    if (!contact || contact->star || !contact->uri)
        return;
    uri = pjsip_uri_get_uri(contact->uri);
    if (!PJSIP_URI_SCHEME_IS_SIP(uri) && !PJSIP_URI_SCHEME_IS_SIPS(uri))
        return;
    pj_strdup2(rdata->tp_info.pool, &uri->host, rdata->pkt_info.src_name);
    uri->port = rdata->pkt_info.src_port;
    uri->maddr_param.slen = 0;
    if (kind == TAP_TCP)
        uri->transport_param = pj_str("tcp");
    else if (kind == TAP_TLS)
        uri->transport_param = pj_str("tls");
    else
        uri->transport_param.slen = 0;
}

/* In all of the message: a description may be one part of a multipart body. */
static int contains(const pjsip_rx_data *rdata, const char *text)
{
    return memmem(rdata->msg_info.msg_buf, (size_t)rdata->msg_info.len, text, strlen(text)) != NULL;
}

/* Whether the text up to a space, a slash or the end is an IP address. */
static int starts_with_literal(const char *text, const char *end)
{
    pj_str_t host = { (char *)text, 0 };

    while (text + host.slen < end && !strchr("/ \t", text[host.slen]))
        ++host.slen;
    return is_literal(&host);
}

static const char *after_space(const char *text, const char *end)
{
    const char *space = memchr(text, ' ', (size_t)(end - text));

    return space ? space + 1 : NULL;
}

/* A connection line or RTCP address whose address is missing, out of place or a name. The
 * places are where PJMEDIA looks: it would read on past the end of a line. */
static int line_names_host(const char *line, const char *end)
{
    const char *address;

    if (end - line > 2 && memcmp(line, "c=", 2) == 0) {
        address = after_space(line, end);
        address = address ? after_space(address, end) : NULL;
        return !address || !starts_with_literal(address, end);
    }
    if (end - line > 7 && memcmp(line, "a=rtcp:", 7) == 0) {
        address = line + 7;
        while (address < end && pj_isdigit(*address))
            ++address;
        if (address == end)
            return 0;                           /* a port alone */
        while (end > address && strchr(" \t", end[-1]))
            --end;
        for (address = end; address > line && !strchr(" \t", address[-1]); --address)
            ;
        return !starts_with_literal(address, end);
    }
    return 0;
}

/* A domain name in a session description would be looked up by a blocking resolver on the
 * loop: one packet could stop every call. Only literals pass. All of the message is looked
 * at: the description may be one part of a multipart body. */
static int sdp_names_host(const pjsip_rx_data *rdata)
{
    const char *p = rdata->msg_info.msg_buf;
    const char *end = p + rdata->msg_info.len;

    if (!rdata->msg_info.msg->body)
        return 0;
    while (p < end) {
        const char *stop = p;

        while (stop < end && *stop != '\n' && *stop != '\r')
            ++stop;
        if (line_names_host(p, stop))
            return 1;
        p = stop + 1;
    }
    return 0;
}

/* Our media sockets are bound to the listener's address. Under the other IP version's rules that
 * is a name, and PJSIP would look it up, blocking. */
static int sdp_is_of_other_version(const pjsip_rx_data *rdata)
{
    const int is_ipv6 = (rdata->tp_info.transport->key.type & PJSIP_TRANSPORT_IPV6) != 0;

    return rdata->msg_info.msg->body && contains(rdata, is_ipv6 ? "\nc=IN IP4" : "\nc=IN IP6");
}

static int is_retransmission(pjsip_rx_data *rdata)
{
    pj_str_t key;
    pjsip_transaction *tsx;

    if (pjsip_tsx_create_key(rdata->tp_info.pool, &key, PJSIP_ROLE_UAS, &rdata->msg_info.cseq->method,
                             rdata) != PJ_SUCCESS)
        return 0;
    tsx = pjsip_tsx_layer_find_tsx(&key, PJ_FALSE);
    return tsx != NULL;
}

/* Methods whose in-dialog requests PJSIP's dialog layer answers well by itself. The rest
 * (REFER, SUBSCRIBE, NOTIFY, INFO, MESSAGE, unknown ones) Python answers: pjsua would
 * follow a REFER anywhere, past the dialplan. */
static int dialog_layer_handles(const pjsip_method *method)
{
    return method->id == PJSIP_INVITE_METHOD || method->id == PJSIP_BYE_METHOD ||
           pj_stricmp2(&method->name, "UPDATE") == 0 || pj_stricmp2(&method->name, "PRACK") == 0;
}

static int info_is_relay(const pjsip_msg *msg)
{
    const pjsip_msg_body *body = msg->body;

    return body && pj_stricmp2(&body->content_type.subtype, "dtmf-relay") == 0;
}

/* An answer with a name in it, in an ACK or a response, cannot be refused: it counts as none. */
static void drop_named_hosts(pjsip_rx_data *rdata)
{
    if (sdp_names_host(rdata))
        rdata->msg_info.msg->body = NULL;
}

/* The dialog that a request belongs to, NULL for none. A Call-ID is no secret: only the tags open it. */
static pjsip_dialog *dialog_of(const pjsip_rx_data *rdata)
{
    return pjsip_ua_find_dialog(&rdata->msg_info.cid->id, &rdata->msg_info.to->tag, &rdata->msg_info.from->tag,
                                PJ_FALSE);
}

static long leg_of(const pjsip_dialog *dialog)
{
    pjsua_call *call = dialog ? dialog->mod_data[pjsua_var.mod.id] : NULL;

    return call ? tap_legs[call->index].token : 0;
}

/* What Python answers passes the dialog layer by, which would look at the number: a request that is
 * older than one that was taken is none to act on (RFC 3261 section 12.2.2). */
static int is_out_of_order(pjsip_dialog *dialog, const pjsip_rx_data *rdata)
{
    if (rdata->msg_info.cseq->cseq <= dialog->remote.cseq)
        return 1;
    dialog->remote.cseq = rdata->msg_info.cseq->cseq;
    return 0;
}

/* RFC 3261 section 7.3.1: these stand in a message once. */
static int stands_once(pjsip_hdr_e type)
{
    switch (type) {
    case PJSIP_H_FROM: case PJSIP_H_TO: case PJSIP_H_CALL_ID: case PJSIP_H_CSEQ: case PJSIP_H_MAX_FORWARDS:
    case PJSIP_H_CONTENT_LENGTH: case PJSIP_H_CONTENT_TYPE: case PJSIP_H_EXPIRES:
        return 1;
    default:
        return 0;
    }
}

/* The method, the URI and the version with one space between them: PJSIP takes more. */
static int start_line_is_plain(const pjsip_rx_data *rdata)
{
    const char *p = rdata->msg_info.msg_buf, *end = p + rdata->msg_info.len;
    int spaces = 0;

    for (; p < end && *p != '\r' && *p != '\n'; ++p)
        spaces += *p == ' ' || *p == '\t';
    return spaces == 2;
}

/* What most calls begin with. From a phone it is answered by a challenge whatever else it says, which spares
 * Python reading it; where anything is out of the ordinary Python reads it, and finds what is wrong. */
static int is_bare(const pjsip_rx_data *rdata)
{
    const pjsip_msg *msg = rdata->msg_info.msg;
    const pjsip_hdr *header;
    unsigned long seen = 0;

    if (msg->line.req.method.id != PJSIP_INVITE_METHOD || rdata->msg_info.to->tag.slen ||
        !PJSIP_URI_SCHEME_IS_SIP(msg->line.req.uri) || !start_line_is_plain(rdata) ||
        pjsip_method_cmp(&msg->line.req.method, &rdata->msg_info.cseq->method) != 0)
        return 0;
    for (header = msg->hdr.next; header != (const pjsip_hdr *)&msg->hdr; header = header->next) {
        if (header->type == PJSIP_H_AUTHORIZATION || header->type == PJSIP_H_REQUIRE)
            return 0;
        if (stands_once(header->type) && seen & 1UL << header->type)
            return 0;
        seen |= header->type < PJSIP_H_OTHER ? 1UL << header->type : 0;
    }
    return !rdata->msg_info.clen || rdata->msg_info.clen->len <= (msg->body ? (int)msg->body->len : 0);
}

static pj_bool_t on_request(pjsip_rx_data *rdata)
{
    pjsip_dialog *dialog = NULL;
    long token = 0;
    pjsip_msg *msg = rdata->msg_info.msg;
    const pjsip_method *method = &msg->line.req.method;
    tap_request request;
    int verdict;

    passing_account = -1;
    /* A name in maddr would be looked up, blocking, to send the response. */
    if (rdata->msg_info.via->maddr_param.slen && !is_literal(&rdata->msg_info.via->maddr_param))
        rdata->msg_info.via->maddr_param.slen = 0;
    if (method->id == PJSIP_ACK_METHOD || method->id == PJSIP_CANCEL_METHOD || is_retransmission(rdata)) {
        drop_named_hosts(rdata);
        return PJ_FALSE;
    }
    if (method->id == PJSIP_INVITE_METHOD || pj_stricmp2(&method->name, "UPDATE") == 0) {
        contact_follows_source(rdata);
        const char *wrong = sdp_names_host(rdata) ? "Domain Name In SDP" :
                            sdp_is_of_other_version(rdata) ? "SDP And SIP Differ In IP Version" : NULL;
        if (wrong) {
            pj_str_t reason = pj_str((char *)wrong);
            pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, 488, &reason, NULL, NULL);
            return PJ_TRUE;
        }
    }
    drop_named_hosts(rdata);
    if (rdata->msg_info.to->tag.slen) {
        if (dialog_layer_handles(method))
            return PJ_FALSE;
        if (pj_stricmp2(&method->name, "INFO") == 0 && info_is_relay(msg))
            return PJ_FALSE;
        dialog = dialog_of(rdata);
        token = leg_of(dialog);
        /* Subscriptions are dialogs of which PJSIP knows nothing: Python finds its own, or answers 481. */
        if (!dialog && pj_stricmp2(&method->name, "SUBSCRIBE") == 0)
            ;
        else if (!token || is_out_of_order(dialog, rdata)) {
            pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, token ? 500 : 481, NULL, NULL, NULL);
            return PJ_TRUE;
        }
    }
    /* pjsua would act on Replaces by itself; call control decides who may take a call. */
    tap_drop_headers(msg, "Replaces");

    pj_bzero(&request, sizeof(request));
    request.data = rdata->msg_info.msg_buf;
    request.length = rdata->msg_info.len;
    request.source = rdata->pkt_info.src_name;
    request.port = rdata->pkt_info.src_port;
    request.listener = tap_listener_of(rdata->tp_info.transport);
    request.transport = tap_transport_kind(rdata->tp_info.transport);
    request.leg = token;
    request.has_offer_crypto = contains(rdata, "RTP/SAVP") || contains(rdata, "a=crypto:");
    request.is_bare = is_bare(rdata);

    current = rdata;
    current_dialog = dialog;
    verdict = tap_on_request(&request);
    current = NULL;
    current_dialog = NULL;
    if (verdict < 0)
        return PJ_TRUE;
    passing_account = verdict;
    return PJ_FALSE;
}

static pj_bool_t on_response(pjsip_rx_data *rdata)
{
    const pjsip_cseq_hdr *cseq = rdata->msg_info.cseq;
    int code = rdata->msg_info.msg->line.status.code;

    passing_account = -1;
    drop_named_hosts(rdata);
    if (code > 100 && code < 300 &&
        (cseq->method.id == PJSIP_INVITE_METHOD || pj_stricmp2(&cseq->method.name, "UPDATE") == 0))
        contact_follows_source(rdata);
    return PJ_FALSE;
}

/* pjsua answers 500 when it finds no RTP port or descriptor and 486 when it has no free
 * leg. The fault is ours and passes: 503 with Retry-After lets the caller's side fail over. */
static pj_status_t on_tx_response(pjsip_tx_data *tdata)
{
    pjsip_status_line *line = &tdata->msg->line.status;
    const pjsip_cseq_hdr *cseq;

    if (passing_account < 0 || (line->code != 500 && line->code != 486))
        return PJ_SUCCESS;
    cseq = pjsip_msg_find_hdr(tdata->msg, PJSIP_H_CSEQ, NULL);
    if (!cseq || cseq->method.id != PJSIP_INVITE_METHOD)
        return PJ_SUCCESS;
    line->code = 503;
    line->reason = pj_str("Exchange Full");
    pjsip_msg_add_hdr(tdata->msg, (pjsip_hdr *)pjsip_retry_after_hdr_create(tdata->pool, 5));
    pjsip_tx_data_invalidate_msg(tdata);
    return PJ_SUCCESS;
}

static pjsip_module module = {
    NULL, NULL, { "softswitch-tap", 14 }, -1,
    PJSIP_MOD_PRIORITY_TRANSPORT_LAYER + 1,     /* before transactions and dialogs */
    NULL, NULL, NULL, NULL, &on_request, &on_response, NULL, &on_tx_response, NULL
};

/* What PJSIP could not parse. It would drop it; RFC 3261 section 16.3 and RFC 4475 want 400
 * where the message can be answered at all, which Python finds out. */
static void tell_dropped(pjsip_tp_dropped_data *dropped)
{
    pjsip_transport *tp = dropped->tp;
    char source[PJ_INET6_ADDRSTRLEN];
    const pj_sockaddr *address = &tp->key.rem_addr;

    if (dropped->len < 20 || current)
        return;
    if (!(tp->flag & PJSIP_TRANSPORT_RELIABLE)) {
        const pjsip_rx_data *rdata = (const pjsip_rx_data *)
            ((const char *)dropped->data - offsetof(pjsip_rx_data, pkt_info.packet));
        if (rdata->tp_info.transport != tp)
            return;
        address = &rdata->pkt_info.src_addr;
    }
    pj_sockaddr_print(address, source, sizeof(source), 0);
    dropped_on = tp;
    pj_sockaddr_cp(&dropped_from, address);
    tap_on_malformed(dropped->data, (int)dropped->len, source, pj_sockaddr_get_port(address),
                     tap_transport_kind(tp));
    dropped_on = NULL;
}

/* Without a good Content-Length nobody knows where on the connection the next message begins:
 * what follows would be taken for one. Closed, the far end starts anew (RFC 3261 section 18.3). */
static int lost_its_place(const pjsip_tp_dropped_data *dropped)
{
    pj_size_t size;

    if (!(dropped->tp->flag & PJSIP_TRANSPORT_RELIABLE))
        return 0;
    return pjsip_find_msg(dropped->data, dropped->len, PJ_FALSE, &size) != PJ_SUCCESS;
}

static void on_dropped(pjsip_tp_dropped_data *dropped)
{
    int lost;

    if (dropped->status == PJ_EIGNORED || !dropped->data)
        return;
    /* Of a message that is longer than its buffer PJSIP tells the length that its Content-Length claims: up to
     * 2 GB that nobody has sent. Such a message fills the whole buffer. */
    dropped->len = PJ_MIN(dropped->len, PJSIP_MAX_PKT_LEN);
    lost = lost_its_place(dropped);
    tell_dropped(dropped);
    if (lost)
        pjsip_transport_shutdown2(dropped->tp, PJ_TRUE);
}

/* Answer what PJSIP could not parse, as bytes, the way that it came. */
int tap_reply_raw(const char *data, int length)
{
    pjsip_tpselector selector;

    if (!dropped_on)
        return PJ_EINVALIDOP;
    pj_bzero(&selector, sizeof(selector));
    selector.type = PJSIP_TPSELECTOR_TRANSPORT;
    selector.u.transport = dropped_on;
    return pjsip_endpt_send_raw(pjsua_get_pjsip_endpt(), dropped_on->key.type, &selector, data, (pj_size_t)length,
                                &dropped_from, pj_sockaddr_get_len(&dropped_from), NULL, NULL);
}

/* Connections cost memory and descriptors, and anybody may open them. Those that never say a
 * whole message are closed, and there is an end to their number: PJSIP stops listening for
 * good when accept() has failed for want of descriptors fifty times on end. Counted here,
 * since PJSIP's own count leaves out all that are alone at their address. */
static void admit_connection(pjsip_transport *tp)
{
    if (tp->dir != PJSIP_TP_DIR_INCOMING)
        return;
    tp->initial_timeout = FIRST_MESSAGE_WITHIN;
    if (++connections > most_connections) {
        pjsip_transport_shutdown(tp);
        return;
    }
    pjsip_transport_add_ref(tp);        /* starts the timer */
    pjsip_transport_dec_ref(tp);
}

static void count_out(const pjsip_transport *tp)
{
    if (tp->dir == PJSIP_TP_DIR_INCOMING && tp->initial_timeout == FIRST_MESSAGE_WITHIN)
        --connections;
}

static void limit_connections(void)
{
    struct rlimit descriptors;

    connections = 0;
    most_connections = PJSIP_MAX_TRANSPORTS - 256;
    if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0 && descriptors.rlim_cur / 2 < most_connections)
        most_connections = (unsigned)(descriptors.rlim_cur / 2);
}

static void on_transport_state(pjsip_transport *tp, pjsip_transport_state state,
                               const pjsip_transport_state_info *info)
{
    char source[PJ_INET6_ADDRSTRLEN];
    int i;

    PJ_UNUSED_ARG(info);
    if (!(tp->flag & PJSIP_TRANSPORT_RELIABLE))
        return;
    if (state == PJSIP_TP_STATE_CONNECTED)
        admit_connection(tp);
    else if (state == PJSIP_TP_STATE_DESTROY)
        count_out(tp);
    if (state != PJSIP_TP_STATE_DISCONNECTED)
        return;
    for (i = 0; i < held_top; ++i) {
        if (held[i].transport == tp) {
            held[i].transport = NULL;
            ++held[i].serial;
            pjsip_transport_dec_ref(tp);
        }
    }
    pj_sockaddr_print(&tp->key.rem_addr, source, sizeof(source), 0);
    tap_on_connection_lost(source, pj_sockaddr_get_port(&tp->key.rem_addr), tap_transport_kind(tp));
}

/* pjsua's modules advertise what we do not do (yet): a phone would show keys that fail. */
static void stop_advertising(int header_type, const char *token)
{
    pjsip_generic_array_hdr *header = (pjsip_generic_array_hdr *)
        pjsip_endpt_get_capability(pjsua_get_pjsip_endpt(), header_type, NULL);
    unsigned i;

    for (i = 0; header && i < header->count; ++i) {
        if (pj_stricmp2(&header->values[i], token) == 0) {
            pj_array_erase(header->values, sizeof(header->values[0]), header->count, i);
            --header->count;
            return;
        }
    }
}

pj_status_t tap_inbound_start(void)
{
    static const char *const methods[] = { "SUBSCRIBE", "MESSAGE", "PUBLISH" };
    unsigned i;

    for (i = 0; i < PJ_ARRAY_SIZE(methods); ++i)
        stop_advertising(PJSIP_H_ALLOW, methods[i]);
    passing_account = -1;
    current = NULL;
    limit_connections();
    pjsip_tpmgr_set_drop_data_cb(pjsip_endpt_get_tpmgr(pjsua_get_pjsip_endpt()), &on_dropped);
    pjsua_var.ua_cfg.cb.on_transport_state = &on_transport_state;
    return pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &module);
}

void tap_inbound_stop(void)
{
    int i;

    for (i = 0; i < held_top; ++i) {
        if (held[i].transport)
            pjsip_transport_dec_ref(held[i].transport);
        held[i].transport = NULL;
    }
    held_top = 0;
    pjsua_var.ua_cfg.cb.on_transport_state = NULL;
    pjsip_tpmgr_set_drop_data_cb(pjsip_endpt_get_tpmgr(pjsua_get_pjsip_endpt()), NULL);
    if (module.id != -1)
        pjsip_endpt_unregister_module(pjsua_get_pjsip_endpt(), &module);
}

void tap_drop_headers(pjsip_msg *msg, const char *name)
{
    pj_str_t text = pj_str((char *)name);
    pjsip_hdr *header;

    while ((header = pjsip_msg_find_hdr_by_name(msg, &text, NULL)) != NULL)
        pj_list_erase(header);
}

/* "Name: value" lines as headers. */
void tap_parse_headers(pj_pool_t *pool, const char *headers, pjsip_hdr *list)
{
    while (*headers) {
        const char *eol = strchr(headers, '\n');
        size_t length = eol ? (size_t)(eol - headers) : strlen(headers);
        const char *colon = memchr(headers, ':', length);

        if (colon) {
            pj_str_t name = { (char *)headers, colon - headers };
            pj_str_t value = { (char *)colon + 1, (pj_ssize_t)length - (colon + 1 - headers) };

            pj_strtrim(&value);
            if (pj_stricmp2(&name, "Max-Forwards") == 0)    /* pjsua replaces its own by this type only */
                pj_list_push_back(list, pjsip_max_fwd_hdr_create(pool, (int)pj_strtoul(&value)));
            else
                pj_list_push_back(list, pjsip_generic_string_hdr_create(pool, &name, &value));
        }
        if (!eol)
            break;
        headers = eol + 1;
    }
}

/* Send what Python answers. In a dialog by a transaction, so that a REFER or a digit that is sent
 * again is not acted on again. Outside without one: what Python answers there is either idempotent
 * (REGISTER, OPTIONS) or a refusal (RFC 3261 section 8.2.7). */
static pj_status_t send_answer(pjsip_tx_data *tdata)
{
    pjsip_endpoint *endpoint = pjsua_get_pjsip_endpt();
    pjsip_response_addr address;
    pjsip_transaction *tsx;
    pj_status_t status;

    if (!current_dialog) {
        status = pjsip_get_response_addr(tdata->pool, current, &address);
        return status == PJ_SUCCESS ? pjsip_endpt_send_response(endpoint, &address, tdata, NULL, NULL) : status;
    }
    if (pjsip_method_creates_dialog(&current->msg_info.msg->line.req.method))
        pjsip_msg_add_hdr(tdata->msg, pjsip_hdr_clone(tdata->pool, current_dialog->local.contact));
    status = pjsip_tsx_create_uas(&module, current, &tsx);
    if (status != PJ_SUCCESS)
        return status;
    pjsip_tsx_recv_msg(tsx, current);
    status = pjsip_tsx_send_msg(tsx, tdata);
    if (status != PJ_SUCCESS)
        pjsip_tsx_terminate(tsx, PJSIP_SC_INTERNAL_SERVER_ERROR);
    return status;
}

/* Answer the request that Python is being asked about. */
int tap_respond(int code, const char *reason, const char *headers,
                const char *content_type, const char *body, int body_length)
{
    pjsip_endpoint *endpoint = pjsua_get_pjsip_endpt();
    pjsip_tx_data *tdata;
    pj_str_t text = pj_str((char *)reason);
    pjsip_hdr list, *header;
    pj_status_t status;

    if (!current)
        return PJ_EINVALIDOP;
    status = pjsip_endpt_create_response(endpoint, current, code, *reason ? &text : NULL, &tdata);
    if (status != PJ_SUCCESS)
        return status;
    pj_list_init(&list);
    tap_parse_headers(tdata->pool, headers, &list);
    while ((header = list.next) != &list) {
        pj_list_erase(header);
        pjsip_msg_add_hdr(tdata->msg, header);
    }
    if (body_length > 0) {
        pj_str_t type = pj_str((char *)content_type), data = { (char *)body, body_length };
        pjsip_media_type media_type;

        pjsua_parse_media_type(tdata->pool, &type, &media_type);
        tdata->msg->body = pjsip_msg_body_create(tdata->pool, &media_type.type, &media_type.subtype, &data);
    }
    status = send_answer(tdata);
    if (status != PJ_SUCCESS)
        pjsip_tx_data_dec_ref(tdata);
    return status;
}

/* Keep the connection of the current request open. Returns a handle, 0 if it is no connection. */
int tap_connection_hold(void)
{
    pjsip_transport *tp;
    int i;

    if (!current || !(current->tp_info.transport->flag & PJSIP_TRANSPORT_RELIABLE))
        return 0;
    tp = current->tp_info.transport;
    for (i = 0; i < held_top && held[i].transport; ++i)
        ;
    if (i == MAX_HELD || pjsip_transport_add_ref(tp) != PJ_SUCCESS)
        return 0;
    if (i == held_top)
        ++held_top;
    held[i].transport = tp;
    return (int)((held[i].serial & 0x1FFFF) * MAX_HELD + (unsigned)i) + 1;
}

void tap_connection_release(int handle)
{
    unsigned index, serial;

    if (handle <= 0)
        return;
    index = (unsigned)(handle - 1) % MAX_HELD;
    serial = (unsigned)(handle - 1) / MAX_HELD;
    if (held[index].transport && (held[index].serial & 0x1FFFF) == serial) {
        pjsip_transport *tp = held[index].transport;

        held[index].transport = NULL;
        ++held[index].serial;
        pjsip_transport_dec_ref(tp);
    }
}
