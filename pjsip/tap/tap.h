/* The tap: the little C between PJSIP and Softswitch's loop.
 *
 * pjsua2 sets the endpoint up; calls and raw requests go through here, because
 * a SWIG director upcall copies the whole message and every structure around it
 * for each event, wanted or not (about ten of them a leg).
 */
#ifndef SOFTSWITCH_TAP_H
#define SOFTSWITCH_TAP_H

#include <pjlib.h>
#include <pjlib-util.h>
#include <pjnath.h>
#include <pjmedia.h>
#include <pjmedia-codec.h>
#include <pjsip.h>
#include <pjsip_simple.h>
#include <pjsip_ua.h>
#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>

typedef struct {
    const char *data;
    int length;
    const char *source;
    int port;
    int listener;
    int transport;
    long leg;
    int has_offer_crypto;
} tap_request;

enum { TAP_UDP = 1, TAP_TCP = 2, TAP_TLS = 3, TAP_CONSUMED = -1 };

enum {
    TAP_STATE_NULL, TAP_STATE_CALLING, TAP_STATE_INCOMING, TAP_STATE_EARLY,
    TAP_STATE_CONNECTING, TAP_STATE_CONFIRMED, TAP_STATE_DISCONNECTED
};

typedef struct {
    unsigned received, lost, discarded, duplicated, reordered;
    unsigned sent, remote_lost;
    unsigned jitter_us, remote_jitter_us, round_trip_us;
    char codec[32];
    int clock_rate;
    int secured;
    char remote[64];
} tap_figures;

typedef struct { long token; int digit; int duration_ms; int info; } tap_digit;

/* What the tap knows of a leg beyond what pjsua keeps. Indexed by pjsua call id;
 * `token` is Python's name for the leg, 0 while there is none: pjsua reuses ids. */
typedef struct {
    long token;
    char end_headers[256];      /* added to our CANCEL or BYE */
    tap_figures figures;        /* of streams already destroyed */
    int rtp_port;               /* local, 0 before it has one */
} tap_leg;

extern tap_leg tap_legs[PJSUA_MAX_CALLS];

/* Python's side; cffi generates these functions. */
int tap_on_request(const tap_request *request);
void tap_on_malformed(const char *data, int length, const char *source, int port, int transport);
long tap_on_incoming(int id);
void tap_on_rejected(int code);
void tap_on_state(long token, int id, int state, int code, const char *reason, int remote, const char *headers);
void tap_on_media(long token, int id, int slot, int status, int direction);
void tap_on_reply(long token, int code);
void tap_on_connection_lost(const char *source, int port, int transport);

/* Shared inside the tap. */
pj_status_t tap_inbound_start(void);
void tap_inbound_stop(void);
pj_status_t tap_legs_start(void);
pj_status_t tap_media_start(void);
void tap_media_stop(void);
void tap_media_keep_figures(pjsua_call_id id, pjmedia_stream *stream);
void tap_capture_stop(void);
void tap_ports_range(int first, int width);
void tap_ports_note(pjsua_call_id id);
int tap_transport_kind(const pjsip_transport *tp);
int tap_listener_of(const pjsip_transport *tp);
void tap_parse_headers(pj_pool_t *pool, const char *headers, pjsip_hdr *list);
int tap_incoming_account(void);
void tap_inbound_passed(void);

/* The functions in cdef.h, for the generated wrapper. */
void tap_quiet(void);
int tap_start(void);
void tap_stop(void);
int tap_poll(int limit);
int tap_epoll_fd(void);
int tap_signal_fd(void);
void tap_error_text(int status, char *buffer, int size);
int tap_listener_port(int listener);
int tap_respond(int code, const char *reason, const char *headers,
                const char *content_type, const char *body, int body_length);
int tap_reply_raw(const char *data, int length);
int tap_connection_hold(void);
void tap_connection_release(int handle);
int tap_capture_start(int size);
int tap_capture_find(const char *needle, char *out, int size);
int tap_send_request(const char *method, const char *target, const char *route,
                     const char *from, const char *to, int listener,
                     const char *headers, const char *content_type,
                     const char *body, int body_length, long token);
int tap_account_add(const char *id, const char *contact, int listener, int ipv6,
                    const char *media_address, const char *media_bind,
                    int rtp_port, int rtp_port_range, int srtp,
                    int session_expires, int min_se);
int tap_leg_call(int account, const char *target, const char *to, const char *from,
                 const char *call_id, const char *headers, const char *first_codec,
                 long token, int *id);
int tap_leg_answer(int id, int code, const char *reason, const char *headers);
int tap_leg_hangup(int id, int code, const char *reason, const char *headers);
int tap_leg_reinvite(int id, int hold);
int tap_leg_dtmf(int id, const char *digits, int use_info);
int tap_leg_headers_at_end(int id, const char *headers);
int tap_leg_slot(int id);
int tap_legs_in_use(void);
int tap_ports_prepare(int account);
int tap_connect(int source, int sink);
int tap_disconnect(int source, int sink);
int tap_player_open(const char *path);
void tap_player_close(int player);
int tap_player_slot(int player);
int tap_leg_figures(int id, tap_figures *out);
unsigned tap_leg_received(int id);
int tap_next_digit(tap_digit *out);
int tap_codec_priority(const char *codec, int priority);
int tap_opus_rate(int clock_rate);

#endif
