/* Requests of ours outside dialogs: OPTIONS to ask whether a phone is there, NOTIFY. */
#include "tap.h"

static void on_reply(void *token, pjsip_event *event)
{
    int code = 0;

    if (event->type == PJSIP_EVENT_TSX_STATE)
        code = event->body.tsx_state.tsx->status_code;
    tap_on_reply((long)(pj_ssize_t)token, code);
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
    pjsip_hdr list, *header;
    pj_status_t status;

    pjsip_method_init_np(&method, &name);
    status = pjsip_endpt_create_request(pjsua_get_pjsip_endpt(), &method, &target_uri, &from_uri, &to_uri,
                                        NULL, NULL, -1, NULL, &tdata);
    if (status != PJ_SUCCESS)
        return status;

    if (*route) {
        /* `hide`: the header steers the packet and is not printed. */
        pj_str_t text, header_name = { "Route", 5 };
        pjsip_route_hdr *parsed;
        int parsed_length;
        char *buffer = pj_pool_alloc(tdata->pool, strlen(route) + 16);

        text.slen = pj_ansi_snprintf(buffer, strlen(route) + 16, "<%s;lr;hide>", route);
        text.ptr = buffer;
        parsed = pjsip_parse_hdr(tdata->pool, &header_name, text.ptr, text.slen, &parsed_length);
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
        pjsip_msg_add_hdr(tdata->msg, header);
    }
    if (body_length > 0) {
        pjsip_media_type media_type;

        pjsua_parse_media_type(tdata->pool, &(pj_str_t){ (char *)content_type, strlen(content_type) },
                               &media_type);
        tdata->msg->body = pjsip_msg_body_create(tdata->pool, &media_type.type, &media_type.subtype,
                                                 &(pj_str_t){ (char *)body, body_length });
    }
    if (listener >= 0 && listener < (int)PJ_ARRAY_SIZE(pjsua_var.tpdata) &&
        pjsua_var.tpdata[listener].data.ptr &&
        !(pjsip_transport_get_flag_from_type(pjsua_var.tpdata[listener].type) & PJSIP_TRANSPORT_RELIABLE))
    {
        pjsip_tpselector selector;

        pj_bzero(&selector, sizeof(selector));
        selector.type = PJSIP_TPSELECTOR_TRANSPORT;
        selector.u.transport = pjsua_var.tpdata[listener].data.tp;
        pjsip_tx_data_set_transport(tdata, &selector);
    }
    return pjsip_endpt_send_request(pjsua_get_pjsip_endpt(), tdata, -1, (void *)(pj_ssize_t)token, &on_reply);
}
