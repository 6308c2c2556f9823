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
#include <pthread.h>

/* cffi makes `extern "Python+C"` of this word: functions that C calls and Python defines. */
#define TAP_UPCALL
#include "cdef.h"

/* What the tap knows of a leg beyond what pjsua keeps. Indexed by pjsua call id;
 * `token` is Python's name for the leg, 0 while there is none: pjsua reuses ids. */
typedef struct {
    long token;
    char end_headers[256];      /* added to our CANCEL or BYE */
    pjsip_tx_data *showing;     /* UPDATE or re-INVITE that shows an identity; only compared */
    pjsip_transaction *shown_by;    /* its transaction; only compared */
    tap_figures figures;        /* of streams already destroyed */
    int fax;                    /* its sound is a modem's: G.711, never hurried */
    int rtp_port;               /* local, 0 before it has one */
} tap_leg;

extern tap_leg tap_legs[PJSUA_MAX_CALLS];

/* News for the loop: see queue.c. `items` are `most` of `size` bytes each. */
typedef struct {
    pthread_mutex_t lock;
    char *items;
    size_t size;
    unsigned most, first, count;
    int fd;                     /* the loop watches it */
} tap_queue;

#define TAP_QUEUE(array) \
    { PTHREAD_MUTEX_INITIALIZER, (char *)(array), sizeof((array)[0]), sizeof(array) / sizeof((array)[0]), 0, 0, -1 }

pj_status_t tap_queue_open(tap_queue *queue);
void tap_queue_close(tap_queue *queue);
void tap_queue_put(tap_queue *queue, const void *item);
int tap_queue_take(tap_queue *queue, void *item);

/* Shared inside the tap. */
pj_status_t tap_inbound_start(void);
void tap_inbound_stop(void);
pj_status_t tap_legs_start(void);
pj_status_t tap_media_start(void);
void tap_media_stop(void);
pj_status_t tap_sounds_start(void);
void tap_sounds_stop(void);
pj_status_t tap_fax_start(void);
void tap_fax_stop(void);
void tap_fax_tell(const tap_fax_news *news);
void tap_fax_stream(pjmedia_stream *stream);
void tap_media_keep_figures(pjsua_call_id id, pjmedia_stream *stream);
void tap_capture_stop(void);
void tap_ports_range(int first, int width);
void tap_ports_note(pjsua_call_id id);
int tap_transport_kind(const pjsip_transport *tp);
int tap_listener_of(const pjsip_transport *tp);
void tap_drop_headers(pjsip_msg *msg, const char *name);
void tap_parse_headers(pj_pool_t *pool, const char *headers, pjsip_hdr *list);
void tap_registrations_stop(void);
pjsip_route_hdr *tap_hidden_route(pj_pool_t *pool, const char *uri);
int tap_select_listener(int listener, pjsip_tpselector *selector);
void tap_credentials(pjsip_cred_info *credentials, const char *user, const char *password);
int tap_incoming_account(void);
void tap_inbound_passed(void);

#endif
