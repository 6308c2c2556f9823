/* This switch as a client of registrars: one registration for each account at a carrier (RFC 3261 section 10).
 * PJSIP answers the challenges and refreshes in time; what to do after a failure Python says. */
#include "tap.h"

#define MAX_REGISTRATIONS 256

static struct {
    pjsip_regc *client;
    long token;
} registrations[MAX_REGISTRATIONS];

static void on_answer(struct pjsip_regc_cbparam *param)
{
    const long slot = (long)(pj_ssize_t)param->token;
    char reason[128];
    int expires = param->is_unreg || param->expiration == PJSIP_REGC_EXPIRATION_NOT_SPECIFIED
                      ? 0 : (int)param->expiration;

    if (!registrations[slot].client)
        return;
    pj_ansi_snprintf(reason, sizeof(reason), "%.*s", (int)param->reason.slen, param->reason.ptr);
    tap_on_registered(registrations[slot].token, param->code ? param->code : 503, reason, expires);
}

static pj_status_t set_up(pjsip_regc *client, const char *server, const char *route, const char *aor,
                          const char *contact, const char *user, const char *password, int listener,
                          unsigned expires)
{
    pj_str_t server_uri = pj_str((char *)server), aor_uri = pj_str((char *)aor);
    pj_str_t contact_uri = pj_str((char *)contact);
    pjsip_cred_info credentials;
    pjsip_tpselector selector;
    pjsip_route_hdr list, *hop;
    pj_status_t status = pjsip_regc_init(client, &server_uri, &aor_uri, &aor_uri, 1, &contact_uri, expires);

    if (status != PJ_SUCCESS)
        return status;
    tap_credentials(&credentials, user, password);
    status = pjsip_regc_set_credentials(client, 1, &credentials);
    hop = tap_hidden_route(pjsip_regc_get_pool(client), route);
    if (status == PJ_SUCCESS && !hop)
        status = PJSIP_EINVALIDURI;
    if (status != PJ_SUCCESS)
        return status;
    pj_list_init(&list);
    pj_list_push_back(&list, hop);
    status = pjsip_regc_set_route_set(client, &list);
    if (status == PJ_SUCCESS && tap_select_listener(listener, &selector))
        status = pjsip_regc_set_transport(client, &selector);
    return status;
}

/* Nothing is sent yet. Returns a handle, or a status, negative. */
int tap_registration_open(const char *server, const char *route, const char *aor, const char *contact,
                          const char *user, const char *password, int listener, int expires, long token)
{
    pj_status_t status;
    long slot = 0;

    while (slot < MAX_REGISTRATIONS && registrations[slot].client)
        ++slot;
    if (slot == MAX_REGISTRATIONS)
        return -PJ_ETOOMANY;
    status = pjsip_regc_create(pjsua_get_pjsip_endpt(), (void *)slot, &on_answer, &registrations[slot].client);
    if (status != PJ_SUCCESS) {
        registrations[slot].client = NULL;
        return -status;
    }
    registrations[slot].token = token;
    status = set_up(registrations[slot].client, server, route, aor, contact, user, password, listener,
                    (unsigned)expires);
    if (status != PJ_SUCCESS) {
        tap_registration_close((int)slot);
        return -status;
    }
    return (int)slot;
}

/* Register from now on, or (`stay` 0) take the binding back. The answer comes as tap_on_registered, and so
 * does that of every refresh. PJ_EBUSY while one is awaited. */
int tap_registration_send(int registration, int stay)
{
    pjsip_regc *client = registrations[registration].client;
    pjsip_tx_data *tdata;
    pj_status_t status;

    if (!client)
        return PJ_EINVALIDOP;
    status = stay ? pjsip_regc_register(client, PJ_TRUE, &tdata) : pjsip_regc_unregister(client, &tdata);
    return status == PJ_SUCCESS ? pjsip_regc_send(client, tdata) : status;
}

/* No word of it any more, and no refresh. The binding stays at the carrier until it expires. */
void tap_registration_close(int registration)
{
    pjsip_regc *client = registrations[registration].client;

    registrations[registration].client = NULL;
    registrations[registration].token = 0;
    if (client)
        pjsip_regc_destroy(client);
}

void tap_registrations_stop(void)
{
    int i;

    for (i = 0; i < MAX_REGISTRATIONS; ++i)
        tap_registration_close(i);
}
