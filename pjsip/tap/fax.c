/* Fax machines: SpanDSP's T.30 terminal with its modems as a port of the bridge.
 *
 * The modem runs on the media clock and keeps its pages in a TIFF file of its own. What it has to tell goes into a
 * queue (queue.c). A machine's last news, TAP_FAX_CLOSED, comes when the clock has let go of it and its file is
 * complete. */
#include "tap.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <tiffio.h>
#include <spandsp.h>

#define RATE 8000
#define FRAME (RATE / 50)
/* Frames of 10 ms, G.711's, that the jitter buffer waits for; then it neither adds nor drops. A frame that is dropped
 * to be quicker breaks a page, and nobody minds a fax that is a quarter of a second late (T.30's timer T4: 3 s). */
#define PREFETCH 25
#define SIGNATURE PJMEDIA_SIGNATURE('S', 'w', 'F', 'x')

static tap_fax_news items[4096];
static tap_queue queue = TAP_QUEUE(items);

struct tap_fax {
    pjmedia_port base;              /* first: the bridge knows the machine by this */
    fax_state_t *modem;
    t30_state_t *t30;
    pthread_mutex_t lock;           /* the clock's two directions */
    pj_pool_t *pool;                /* lent to the bridge; NULL outside of it */
    pjsua_conf_port_id slot;
    long token;
    int sending;
    int over;                       /* TAP_FAX_ENDED has been told */
};

/* From any thread. */
void tap_fax_tell(const tap_fax_news *news)
{
    tap_queue_put(&queue, news);
}

static void tell(const tap_fax *fax, int kind, int result)
{
    tap_fax_news news;
    t30_stats_t figures;
    const char *station;

    memset(&news, 0, sizeof(news));
    news.token = fax->token;
    news.kind = kind;
    news.result = result;
    if (fax->t30) {
        t30_get_transfer_statistics(fax->t30, &figures);
        station = t30_get_rx_ident(fax->t30);
        news.pages = fax->sending ? figures.pages_tx : figures.pages_rx;
        news.speed = figures.bit_rate;
        news.corrected = figures.error_correcting_mode;
        news.bad_rows = figures.bad_rows;
        pj_ansi_strxcpy(news.station, station ? station : "", sizeof(news.station));
    }
    tap_fax_tell(&news);
}

/* ---- what the modem tells, on the media clock ---- */

static int on_agreed(t30_state_t *t30, void *user_data, int result)
{
    tell(user_data, TAP_FAX_AGREED, result);
    return T30_ERR_OK;
}

static int on_page(t30_state_t *t30, void *user_data, int result)
{
    tell(user_data, TAP_FAX_PAGE, result);
    return T30_ERR_OK;
}

static void on_over(t30_state_t *t30, void *user_data, int result)
{
    tap_fax *fax = user_data;

    if (!fax->over)
        tell(fax, TAP_FAX_ENDED, result);
    fax->over = 1;
}

/* ---- on the media clock ---- */

static pj_status_t speak(pjmedia_port *port, pjmedia_frame *frame)
{
    tap_fax *fax = (tap_fax *)port;
    pj_int16_t *out = frame->buf;
    int made;

    pthread_mutex_lock(&fax->lock);
    made = fax_tx(fax->modem, out, FRAME);
    pthread_mutex_unlock(&fax->lock);
    if (made < FRAME)
        memset(out + made, 0, 2 * (size_t)(FRAME - made));
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    frame->size = 2 * FRAME;
    return PJ_SUCCESS;
}

/* A frame that did not come takes its time all the same: the modem's clocks count samples. */
static pj_status_t hear(pjmedia_port *port, pjmedia_frame *frame)
{
    tap_fax *fax = (tap_fax *)port;

    pthread_mutex_lock(&fax->lock);
    if (frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->size)
        fax_rx(fax->modem, frame->buf, (int)frame->size / 2);
    else
        fax_rx_fillin(fax->modem, FRAME);
    pthread_mutex_unlock(&fax->lock);
    return PJ_SUCCESS;
}

/* Its file is closed; pages that came whole stay in it. */
static pj_status_t end_fax(pjmedia_port *port)
{
    tap_fax *fax = (tap_fax *)port;

    t30_terminate(fax->t30);
    if (!fax->over)
        tell(fax, TAP_FAX_ENDED, T30_ERR_CALLDROPPED);
    fax_release(fax->modem);
    fax_free(fax->modem);
    fax->t30 = NULL;
    tell(fax, TAP_FAX_CLOSED, 0);
    if (fax->pool)
        pj_pool_safe_release(&fax->pool);
    pthread_mutex_destroy(&fax->lock);
    free(fax);
    return PJ_SUCCESS;
}

/* ---- the loop's side ---- */

/* The TIFF library and SpanDSP would write to stderr. */
static void silent(void)
{
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    span_set_message_handler(NULL);
}

int tap_fax_open(const char *file, int sending, const char *station, const char *header, const char *zone,
                 int corrected, int speed, long token, tap_fax **out)
{
    static const int at_14400 = T30_SUPPORT_V27TER | T30_SUPPORT_V29 | T30_SUPPORT_V17;
    static const int at_9600 = T30_SUPPORT_V27TER | T30_SUPPORT_V29;
    tap_fax *fax = calloc(1, sizeof(*fax));
    pj_str_t name = pj_str("fax");

    *out = NULL;
    if (!fax)
        return PJ_ENOMEM;
    silent();
    fax->modem = fax_init(NULL, sending);
    if (!fax->modem) {
        free(fax);
        return PJ_ENOMEM;
    }
    fax->t30 = fax_get_t30_state(fax->modem);
    fax->token = token;
    fax->sending = sending;
    pthread_mutex_init(&fax->lock, NULL);
    pjmedia_port_info_init(&fax->base.info, &name, SIGNATURE, RATE, 1, 16, FRAME);
    fax->base.get_frame = &speak;
    fax->base.put_frame = &hear;
    fax_set_transmit_on_idle(fax->modem, TRUE);
    t30_set_tx_ident(fax->t30, station);
    if (*header) {
        t30_set_tx_page_header_info(fax->t30, header);
        t30_set_tx_page_header_tz(fax->t30, zone);
    }
    t30_set_ecm_capability(fax->t30, corrected);
    t30_set_supported_modems(fax->t30, speed >= 14400 ? at_14400 : speed >= 9600 ? at_9600 : T30_SUPPORT_V27TER);
    t30_set_supported_compressions(fax->t30, T30_SUPPORT_T4_1D_COMPRESSION | T30_SUPPORT_T4_2D_COMPRESSION |
                                                 T30_SUPPORT_T6_COMPRESSION);
    t30_set_supported_resolutions(fax->t30, T30_SUPPORT_STANDARD_RESOLUTION | T30_SUPPORT_FINE_RESOLUTION |
                                                T30_SUPPORT_SUPERFINE_RESOLUTION | T30_SUPPORT_R8_RESOLUTION);
    t30_set_supported_image_sizes(fax->t30, T30_SUPPORT_215MM_WIDTH | T30_SUPPORT_255MM_WIDTH |
                                                T30_SUPPORT_303MM_WIDTH | T30_SUPPORT_UNLIMITED_LENGTH |
                                                T30_SUPPORT_A4_LENGTH | T30_SUPPORT_B4_LENGTH |
                                                T30_SUPPORT_US_LETTER_LENGTH | T30_SUPPORT_US_LEGAL_LENGTH);
    if (sending)
        t30_set_tx_file(fax->t30, file, -1, -1);
    else
        t30_set_rx_file(fax->t30, file, -1);
    t30_set_phase_b_handler(fax->t30, &on_agreed, fax);
    t30_set_phase_d_handler(fax->t30, &on_page, fax);
    t30_set_phase_e_handler(fax->t30, &on_over, fax);
    fax->slot = PJSUA_INVALID_ID;
    *out = fax;
    return PJ_SUCCESS;
}

/* Into the bridge, whose clock it runs on from then on. */
int tap_fax_enter(tap_fax *fax)
{
    pj_status_t status;

    fax->pool = pjsua_pool_create("fax", 512, 512);
    if (!fax->pool)
        return PJ_ENOMEM;
    status = pjsua_conf_add_port(fax->pool, &fax->base, &fax->slot);
    if (status == PJ_SUCCESS) {
        fax->base.on_destroy = &end_fax;
    } else {
        fax->slot = PJSUA_INVALID_ID;
        if (fax->base.grp_lock)
            pjmedia_port_dec_ref(&fax->base);
        fax->base.grp_lock = NULL;
        pj_pool_safe_release(&fax->pool);
    }
    return status;
}

int tap_fax_slot(const tap_fax *fax)
{
    return fax->slot;
}

/* One frame of 160 samples each way for a machine that is in no bridge: no clock holds it back. */
void tap_fax_step(tap_fax *fax, const short *heard, short *said)
{
    pjmedia_frame frame;

    memset(&frame, 0, sizeof(frame));
    frame.buf = (void *)heard;
    frame.type = heard ? PJMEDIA_FRAME_TYPE_AUDIO : PJMEDIA_FRAME_TYPE_NONE;
    frame.size = heard ? 2 * FRAME : 0;
    hear(&fax->base, &frame);
    frame.buf = said;
    speak(&fax->base, &frame);
}

/* It leaves the bridge at one of the clock's next ticks, and is destroyed by the last who lets go of it. */
void tap_fax_close(tap_fax *fax)
{
    if (fax->slot == PJSUA_INVALID_ID) {
        end_fax(&fax->base);
        return;
    }
    pjsua_conf_remove_port(fax->slot);
    pjmedia_port_destroy(&fax->base);
}

/* SpanDSP's words for a result. */
const char *tap_fax_words(int result)
{
    return t30_completion_code_to_str(result);
}

/* ---- the leg ---- */

/* The leg's sound is a modem's from now on: a frame is never given up to be quicker. */
void tap_fax_stream(pjmedia_stream *stream)
{
    pjmedia_stream_common *common = (pjmedia_stream_common *)stream;

    if (!common->jb || !common->jb_mutex)
        return;
    pj_mutex_lock(common->jb_mutex);
    pjmedia_jbuf_set_fixed(common->jb, PREFETCH);
    pj_mutex_unlock(common->jb_mutex);
}

/* ---- news ---- */

pj_status_t tap_fax_start(void)
{
    return tap_queue_open(&queue);
}

void tap_fax_stop(void)
{
    tap_queue_close(&queue);
}

int tap_fax_fd(void)
{
    return queue.fd;
}

/* Take the oldest news; 0 when there is none. */
int tap_fax_next(tap_fax_news *out)
{
    return tap_queue_take(&queue, out);
}
