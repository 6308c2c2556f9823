/* What Python sees of the tap: cffi reads this file, and so does the compiler through tap.h. Strings are UTF-8 and
 * NUL-terminated unless a length stands beside them. Every function runs on
 * the loop thread; status results are pj_status_t, 0 for success. */

/* engine.c: life and polling */
void tap_quiet(void);
int tap_start(void);
void tap_stop(void);
int tap_poll(int limit);
int tap_epoll_fd(void);
int tap_signal_fd(void);
void tap_error_text(int status, char *buffer, int size);
int tap_listener_port(int listener);
void tap_give_back(void);

/* inbound.c: requests from the wire */
typedef struct {
    const char *data;       /* the message as received */
    int length;
    const char *source;     /* IP literal it came from */
    int port;
    int listener;           /* index of the pjsua transport, -1 if unknown */
    int transport;          /* TAP_UDP, TAP_TCP, TAP_TLS */
    long leg;               /* token of the leg that it belongs to; 0 outside dialogs */
    int has_offer_crypto;   /* its SDP offers SDES keys or RTP/SAVP */
    int is_bare;            /* an INVITE for a new call that proves nothing and demands nothing */
} tap_request;

#define TAP_UDP 1
#define TAP_TCP 2
#define TAP_TLS 3
#define TAP_CONSUMED -1
#define TAP_BUSY 491

int tap_respond(int code, const char *reason, const char *headers,
                const char *content_type, const char *body, int body_length);
int tap_reply_raw(const char *data, int length);
int tap_connection_hold(void);
void tap_connection_release(int handle);

/* capture.c: the last SIP messages, kept in a ring for `trace` */
int tap_capture_start(int size);
int tap_capture_find(const char *needle, char *out, int size);

/* outbound.c: requests outside dialogs */
int tap_send_request(const char *method, const char *target, const char *route,
                     const char *from, const char *to, int listener,
                     const char *headers, const char *content_type,
                     const char *body, int body_length, long token);

/* legs.c: INVITE dialogs */
#define TAP_STATE_NULL 0
#define TAP_STATE_CALLING 1
#define TAP_STATE_INCOMING 2
#define TAP_STATE_EARLY 3
#define TAP_STATE_CONNECTING 4
#define TAP_STATE_CONFIRMED 5
#define TAP_STATE_DISCONNECTED 6

int tap_account_add(const char *id, const char *contact, int listener, int ipv6,
                    const char *media_address, const char *media_bind,
                    int rtp_port, int rtp_port_range, int srtp,
                    int session_expires, int min_se,
                    const char *user, const char *password);    /* "" where nobody asks us for proof */
int tap_account_drop(int account);
int tap_leg_call(int account, const char *target, const char *to, const char *from,
                 const char *call_id, const char *headers, const char *first_codec,
                 long token, int *id);
int tap_leg_answer(int id, int code, const char *reason, const char *headers);
int tap_leg_hangup(int id, int code, const char *reason, const char *headers);
int tap_leg_dtmf(int id, const char *digits, int use_info);
int tap_leg_headers_at_end(int id, const char *headers);
int tap_leg_tags(int id, char *local, int local_size, char *remote, int remote_size);
long tap_leg_of(const char *call_id, const char *local_tag, const char *remote_tag);
int tap_leg_request(int id, const char *method, const char *headers,
                    const char *content_type, const char *body, int body_length);
int tap_leg_show(int id, const char *headers);
int tap_legs_in_use(void);
int tap_transactions(void);

/* register.c: registrations at carriers */
int tap_registration_open(const char *server, const char *route, const char *aor, const char *contact,
                          const char *user, const char *password, int listener, int expires, long token);
int tap_registration_send(int registration, int stay);
void tap_registration_close(int registration);

/* media.c: bridge, files, figures */
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

int tap_ports_prepare(int account);     /* ports.c */
int tap_connect(int source, int sink);
int tap_disconnect(int source, int sink);
int tap_player_open(const char *path);
void tap_player_close(int player);
int tap_player_slot(int player);
int tap_leg_figures(int id, tap_figures *out);
unsigned tap_leg_received(int id);
int tap_next_digit(tap_digit *out);
int tap_opus_rate(int clock_rate);

/* sounds.c: files that play into the bridge once, files recorded from it. PCM 16 bit mono */
typedef struct tap_sound tap_sound;
typedef struct { int fd; long offset; long length; } tap_piece;     /* in bytes; the sound closes `fd` at its end */
typedef struct { long token; int error; } tap_ended;                /* errno, 0 if all went well */

int tap_play(const tap_piece *pieces, int count, int rate, int loop, long token, tap_sound **sound);
int tap_record(int fd, int block, long token, tap_sound **sound);
int tap_sound_slot(const tap_sound *sound);
void tap_sound_close(tap_sound *sound);
int tap_sounds_fd(void);
int tap_next_ended(tap_ended *out);

/* fax.c: fax machines in the bridge */
#define TAP_FAX_AGREED 1    /* both machines know each other, `speed` is chosen */
#define TAP_FAX_PAGE 2      /* a page more: `pages` */
#define TAP_FAX_ENDED 3     /* `result`, 0 if all went well */
#define TAP_FAX_CLOSED 4    /* the file is complete; the last that is told */
#define TAP_FAX_CALLS 5     /* from an ear: a fax machine calls */
typedef struct tap_fax tap_fax;
typedef struct tap_fax_ear tap_fax_ear;
typedef struct {
    long token;
    int kind;
    int result;
    int pages;              /* whole ones so far */
    int speed;              /* bit/s */
    int corrected;          /* with error correction (ECM) */
    int bad_rows;           /* of the last page, without ECM */
    char station[24];       /* the far end's TSI or CSI */
} tap_fax_news;

int tap_fax_open(const char *file, int sending, const char *station, const char *header, const char *zone,
                 int corrected, int speed, long token, tap_fax **fax);
int tap_fax_enter(tap_fax *fax);
int tap_fax_slot(const tap_fax *fax);
void tap_fax_step(tap_fax *fax, const short *heard, short *said);
void tap_fax_close(tap_fax *fax);
const char *tap_fax_words(int result);
int tap_fax_fd(void);
int tap_fax_next(tap_fax_news *out);
int tap_leg_fax(int id);    /* legs.c */
int tap_fax_ear_open(long token, tap_fax_ear **ear);    /* faxtone.c: hears whether a fax machine calls */
int tap_fax_ear_slot(const tap_fax_ear *ear);
void tap_fax_ear_close(tap_fax_ear *ear);

/* Called by the tap, never with a lock held that Python could want. */
TAP_UPCALL int tap_on_request(const tap_request *request);
TAP_UPCALL void tap_on_malformed(const char *data, int length, const char *source, int port, int transport);
TAP_UPCALL long tap_on_incoming(int id);
TAP_UPCALL void tap_on_rejected(int code);
TAP_UPCALL void tap_on_state(long token, int id, int state, int code, const char *reason,
                             int remote, const char *headers);
TAP_UPCALL void tap_on_media(long token, int id, int slot, int status, int direction);
TAP_UPCALL void tap_on_reply(long token, int code);
TAP_UPCALL void tap_on_registered(long token, int code, const char *reason, int expires);
TAP_UPCALL void tap_on_shown(long token, int code);
TAP_UPCALL void tap_on_connection_lost(const char *source, int port, int transport);
