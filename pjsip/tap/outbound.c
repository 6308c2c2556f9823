/* Requests of ours outside dialogs: OPTIONS to ask whether a phone is there, NOTIFY. */
#include "tap.h"

static void on_reply(void *token, pjsip_event *event)
{
    int code = 0;

    if (event->type == PJSIP_EVENT_TSX_STATE)
        code = event->body.tsx_state.tsx->status_code;
    tap_on_reply((long)(pj_ssize_t)token, code);
}

/* A Route that steers the packet and is not printed: `hide`. NULL if it is no URI. */
pjsip_route_hdr *tap_hidden_route(pj_pool_t *pool, const char *uri)
{
    pj_str_t text, name = { "Route", 5 };
    pj_size_t room = strlen(uri) + 16;
    int parsed_length;

    text.ptr = pj_pool_alloc(pool, room);
    text.slen = pj_ansi_snprintf(text.ptr, room, "<%s;lr;hide>", uri);
    return pjsip_parse_hdr(pool, &name, text.ptr, (pj_size_t)text.slen, &parsed_length);
}

/* The selector for a UDP listener; 0 for connections, which choose theirs by where they lead. */
int tap_select_listener(int listener, pjsip_tpselector *selector)
{
    if (listener < 0 || listener >= (int)PJ_ARRAY_SIZE(pjsua_var.tpdata) ||
        !pjsua_var.tpdata[listener].data.ptr ||
        (pjsip_transport_get_flag_from_type(pjsua_var.tpdata[listener].type) & PJSIP_TRANSPORT_RELIABLE))
        return 0;
    pj_bzero(selector, sizeof(*selector));
    selector->type = PJSIP_TPSELECTOR_TRANSPORT;
    selector->u.transport = pjsua_var.tpdata[listener].data.tp;
    return 1;
}

/* Our name and password, for whatever realm asks: only the carrier's server is asked anything. */
void tap_credentials(pjsip_cred_info *credentials, const char *user, const char *password)
{
    pj_bzero(credentials, sizeof(*credentials));
    credentials->scheme = pj_str("digest");
    credentials->realm = pj_str("*");
    credentials->username = pj_str((char *)user);
    credentials->data_type = PJSIP_CRED_DATA_PLAIN_PASSWD;
    credentials->data = pj_str((char *)password);
}

/* A request that belongs to a dialog which Python keeps (NOTIFY, RFC 6665) has that one's Call-ID, CSeq and
 * tags, given as headers; any other header is added. */
static void put_header(pjsip_tx_data *tdata, pjsip_generic_string_hdr *header)
{
    static const pj_str_t mark = { ";tag=", 5 };
    pjsip_msg *msg = tdata->msg;
    pjsip_fromto_hdr *party = NULL;
    char *tag;

    if (pj_stricmp2(&header->name, "Call-ID") == 0) {
        pj_strdup(tdata->pool, &PJSIP_MSG_CID_HDR(msg)->id, &header->hvalue);
        return;
    }
    if (pj_stricmp2(&header->name, "CSeq") == 0) {
        PJSIP_MSG_CSEQ_HDR(msg)->cseq = (pj_int32_t)pj_strtoul(&header->hvalue);
        return;
    }
    if (pj_stricmp2(&header->name, "From") == 0)
        party = PJSIP_MSG_FROM_HDR(msg);
    else if (pj_stricmp2(&header->name, "To") == 0)
        party = PJSIP_MSG_TO_HDR(msg);
    if (!party) {
        pjsip_msg_add_hdr(msg, (pjsip_hdr *)header);
        return;
    }
    tag = pj_strstr(&header->hvalue, &mark);
    if (tag) {
        pj_str_t value = { tag + mark.slen, header->hvalue.ptr + header->hvalue.slen - tag - mark.slen };

        pj_strdup(tdata->pool, &party->tag, &value);
    }
}

/* `target` becomes the Request-URI; the packet goes to `route` (a SIP URI with an IP
 * literal, "" for the target itself). tap_on_reply gets the final status, 408 if none came. */
int tap_send_request(const char *method_name, const char *target, const char *route,
                     const char *from, const char *to, int listener,
                     const char *headers, const char *content_type,
                     const char *body, int body_length, long token)
{
    pjsip_method method;
    pj_str_t name = pj_str((char *)method_name), target_uri = pj_str((char *)target);
    pj_str_t from_uri = pj_str((char *)from), to_uri = pj_str((char *)to);
    pjsip_tx_data *tdata;
    pjsip_tpselector selector;
    pjsip_hdr list, *header;
    pj_status_t status;

    pjsip_method_init_np(&method, &name);
    status = pjsip_endpt_create_request(pjsua_get_pjsip_endpt(), &method, &target_uri, &from_uri, &to_uri,
                                        NULL, NULL, -1, NULL, &tdata);
    if (status != PJ_SUCCESS)
        return status;

    if (*route) {
        pjsip_route_hdr *parsed = tap_hidden_route(tdata->pool, route);

        if (!parsed) {
            pjsip_tx_data_dec_ref(tdata);
            return PJSIP_EINVALIDURI;
        }
        pjsip_msg_insert_first_hdr(tdata->msg, (pjsip_hdr *)parsed);
    }
    pj_list_init(&list);
    tap_parse_headers(tdata->pool, headers, &list);
    while ((header = list.next) != &list) {
        pj_list_erase(header);
        put_header(tdata, (pjsip_generic_string_hdr *)header);
    }
    if (body_length > 0) {
        pjsip_media_type media_type;

        pjsua_parse_media_type(tdata->pool, &(pj_str_t){ (char *)content_type, strlen(content_type) },
                               &media_type);
        tdata->msg->body = pjsip_msg_body_create(tdata->pool, &media_type.type, &media_type.subtype,
                                                 &(pj_str_t){ (char *)body, body_length });
    }
    if (tap_select_listener(listener, &selector))
        pjsip_tx_data_set_transport(tdata, &selector);
    return pjsip_endpt_send_request(pjsua_get_pjsip_endpt(), tdata, -1, (void *)(pj_ssize_t)token, &on_reply);
}
