/* RTP ports: one walk through the range for all accounts.
 *
 * pjsua walks for each account on its own and gives up after 100 ports in use, so two accounts
 * in step, or one burst of long calls, made it refuse calls while thousands of ports were free.
 * Ascending order also lets a port rest before it is used again: late packets of the call
 * before then meet a closed port. */
#include "tap.h"

#define MAX_PAIRS 32768

static struct {
    int first, pairs, next;
    short owner[MAX_PAIRS];     /* leg that used it last, plus 1 */
} range;

void tap_ports_range(int first, int width)
{
    range.first = first;
    range.pairs = PJ_MIN((width + 1) / 2, MAX_PAIRS);
    range.next = 0;
    pj_bzero(range.owner, sizeof(range.owner));
}

/* A pair is in use while the leg that took it still has its media transport. */
static int in_use(int pair)
{
    int id = range.owner[pair] - 1;

    return id >= 0 && tap_legs[id].rtp_port == range.first + 2 * pair && pjsua_var.calls[id].media[0].tp;
}

/* Point the account at the next free pair. PJ_ETOOMANY when every pair is in use. */
int tap_ports_prepare(int account)
{
    int tried;

    for (tried = 0; tried < range.pairs; ++tried) {
        int pair = range.next;

        range.next = (range.next + 1) % range.pairs;
        if (!in_use(pair)) {
            pjsua_var.acc[account].next_rtp_port = (pj_uint16_t)(range.first + 2 * pair);
            return PJ_SUCCESS;
        }
    }
    return PJ_ETOOMANY;
}

/* The leg has got its media transport: note which pair, which may be a later one than prepared
 * if another program holds that. */
void tap_ports_note(pjsua_call_id id)
{
    pjsua_call_media *media = &pjsua_var.calls[id].media[0];
    pjmedia_transport_info info;
    int pair;

    if (!media->tp)
        return;
    pjmedia_transport_info_init(&info);
    if (pjmedia_transport_get_info(media->tp, &info) != PJ_SUCCESS)
        return;
    tap_legs[id].rtp_port = pj_sockaddr_get_port(&info.sock_info.rtp_addr_name);
    pair = (tap_legs[id].rtp_port - range.first) / 2;
    if (pair >= 0 && pair < range.pairs)
        range.owner[pair] = (short)(id + 1);
}
