/* Files that play into the bridge once, and files recorded from it: ports of our own.
 *
 * PJMEDIA's player tells the end of its file through an event queue that can overflow and through a thread that
 * must not meet the player's destruction. These ports tell it from the media clock by a queue
 * (queue.c); the bridge's reference keeps them alive until the clock has let go of them. */
#include "tap.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SAMPLES 4096
#define WAV_HEADER 44
#define SIGNATURE PJMEDIA_SIGNATURE('S', 'w', 'S', 'o')

/* What has ended, told by the media clock, taken by the loop. */
static tap_ended items[4096];
static tap_queue queue = TAP_QUEUE(items);

struct tap_sound {
    pjmedia_port base;              /* first: the bridge knows the sound by this */
    pj_pool_t *pool;
    pjsua_conf_port_id slot;
    long token;
    int rate;
    int error;                      /* errno of the first read or write that failed */
    pj_bool_t loop, told;
    pj_int16_t buffer[BUFFER_SAMPLES];
    unsigned filled, used;          /* samples of the buffer: read from or to the file, handed on */
    /* a player's */
    unsigned count, current;
    long position;                  /* bytes of the current piece that are read */
    tap_piece *pieces;
    /* a recorder's */
    int fd;
    unsigned block;                 /* samples that are written at once */
    pj_uint32_t written;            /* bytes of sound in the file */
};

static void tell(long token, int error)
{
    const tap_ended ended = { token, error };

    tap_queue_put(&queue, &ended);
}

/* ---- playing, on the media clock ---- */

/* The next samples of the present piece into the empty buffer, or of those that follow. False at the very end. */
static pj_bool_t refill(tap_sound *sound)
{
    unsigned barren = 0;

    sound->used = sound->filled = 0;
    while (sound->current < sound->count) {
        const tap_piece *piece = &sound->pieces[sound->current];
        long wanted = PJ_MIN(piece->length - sound->position, (long)sizeof(sound->buffer));
        ssize_t got = wanted > 1 ? pread(piece->fd, sound->buffer, wanted, piece->offset + sound->position) : 0;

        if (got > 1) {
            sound->filled = (unsigned)got / 2;
            sound->position += 2 * sound->filled;
            return PJ_TRUE;
        }
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && !sound->error)
            sound->error = errno;
        sound->position = 0;
        if (++sound->current == sound->count && sound->loop && ++barren < 2)
            sound->current = 0;
    }
    return PJ_FALSE;
}

static pj_status_t play_frame(pjmedia_port *port, pjmedia_frame *frame)
{
    tap_sound *sound = (tap_sound *)port;
    pj_int16_t *out = frame->buf;
    unsigned wanted = PJMEDIA_PIA_SPF(&port->info), done = 0;

    while (done < wanted && (sound->used < sound->filled || refill(sound))) {
        unsigned count = PJ_MIN(wanted - done, sound->filled - sound->used);

        memcpy(out + done, sound->buffer + sound->used, 2 * count);
        sound->used += count;
        done += count;
    }
    if (!done) {
        /* One frame after the last one, which the bridge has mixed by now. */
        if (!sound->told)
            tell(sound->token, sound->error);
        sound->told = PJ_TRUE;
        frame->type = PJMEDIA_FRAME_TYPE_NONE;
        frame->size = 0;
        return PJ_SUCCESS;
    }
    memset(out + done, 0, 2 * (wanted - done));
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    frame->size = 2 * wanted;
    return PJ_SUCCESS;
}

static pj_status_t end_playing(pjmedia_port *port)
{
    tap_sound *sound = (tap_sound *)port;
    unsigned i;

    for (i = 0; i < sound->count; ++i)
        close(sound->pieces[i].fd);
    pj_pool_safe_release(&sound->pool);
    return PJ_SUCCESS;
}

/* ---- recording, on the media clock ---- */

static void put32(unsigned char *at, pj_uint32_t value)
{
    at[0] = (unsigned char)value;
    at[1] = (unsigned char)(value >> 8);
    at[2] = (unsigned char)(value >> 16);
    at[3] = (unsigned char)(value >> 24);
}

/* RIFF WAV, PCM 16 bit mono: written anew after every buffer, so that the file is valid whenever the switch dies. */
static pj_bool_t write_header(tap_sound *sound)
{
    unsigned char header[WAV_HEADER] = "RIFF....WAVEfmt \x10\0\0\0\1\0\1\0........\2\0\x10\0data";

    put32(header + 4, WAV_HEADER - 8 + sound->written);
    put32(header + 24, (pj_uint32_t)sound->rate);
    put32(header + 28, (pj_uint32_t)sound->rate * 2);
    put32(header + 40, sound->written);
    return pwrite(sound->fd, header, sizeof(header), 0) == (ssize_t)sizeof(header);
}

static void flush(tap_sound *sound)
{
    size_t size = 2 * sound->filled;

    if (!sound->error && size) {
        errno = 0;
        if (pwrite(sound->fd, sound->buffer, size, WAV_HEADER + (off_t)sound->written) == (ssize_t)size) {
            sound->written += (pj_uint32_t)size;
            if (!write_header(sound))
                sound->error = errno ? errno : ENOSPC;
        } else {
            sound->error = errno ? errno : ENOSPC;
        }
    }
    sound->filled = 0;
}

static pj_status_t record_frame(pjmedia_port *port, pjmedia_frame *frame)
{
    tap_sound *sound = (tap_sound *)port;
    unsigned count = (unsigned)frame->size / 2;

    if (frame->type != PJMEDIA_FRAME_TYPE_AUDIO || count > BUFFER_SAMPLES)
        return PJ_SUCCESS; /* nobody is connected */
    if (sound->filled + count > BUFFER_SAMPLES)
        flush(sound);
    memcpy(sound->buffer + sound->filled, frame->buf, 2 * count);
    sound->filled += count;
    if (sound->filled >= sound->block)
        flush(sound);
    return PJ_SUCCESS;
}

static pj_status_t end_recording(pjmedia_port *port)
{
    tap_sound *sound = (tap_sound *)port;

    flush(sound);
    if (close(sound->fd) < 0 && !sound->error)
        sound->error = errno;
    tell(sound->token, sound->error);
    pj_pool_safe_release(&sound->pool);
    return PJ_SUCCESS;
}

/* ---- the loop's side ---- */

static tap_sound *new_sound(const char *name, int rate, long token)
{
    pj_pool_t *pool = pjsua_pool_create(name, 512, 512);
    pj_str_t port_name = pj_str((char *)name);
    tap_sound *sound = pool ? PJ_POOL_ZALLOC_T(pool, tap_sound) : NULL;

    if (!sound)
        return NULL;
    sound->pool = pool;
    sound->rate = rate;
    sound->token = token;
    sound->fd = -1;
    pjmedia_port_info_init(&sound->base.info, &port_name, SIGNATURE, (unsigned)rate, 1, 16, (unsigned)rate / 50);
    return sound;
}

/* Into the bridge. A sound that does not get in is released without its descriptors: they stay the caller's. */
static pj_status_t enter(tap_sound *sound, pj_status_t (*on_destroy)(pjmedia_port *))
{
    /* The bridge makes a pool of its own; the one that it is given only names the factory. */
    pj_status_t status = pjsua_conf_add_port(sound->pool, &sound->base, &sound->slot);

    if (status == PJ_SUCCESS) {
        sound->base.on_destroy = on_destroy;
        return status;
    }
    if (sound->base.grp_lock)
        pjmedia_port_dec_ref(&sound->base);
    pj_pool_safe_release(&sound->pool);
    return status;
}

int tap_play(const tap_piece *pieces, int count, int rate, int loop, long token, tap_sound **out)
{
    tap_sound *sound = new_sound("play", rate, token);
    pj_status_t status;

    if (!sound)
        return PJ_ENOMEM;
    sound->loop = loop;
    sound->count = (unsigned)count;
    sound->pieces = pj_pool_calloc(sound->pool, (unsigned)count, sizeof(*pieces));
    memcpy(sound->pieces, pieces, (size_t)count * sizeof(*pieces));
    sound->base.get_frame = &play_frame;
    status = enter(sound, &end_playing);
    *out = status == PJ_SUCCESS ? sound : NULL;
    return status;
}

/* `block`: samples that are written at once; 0 for as many as there is room for, half a second at 8 kHz. */
int tap_record(int fd, int block, long token, tap_sound **out)
{
    tap_sound *sound = new_sound("record", (int)pjsua_var.media_cfg.clock_rate, token);
    pj_status_t status = PJ_SUCCESS;

    if (!sound)
        return PJ_ENOMEM;
    sound->fd = fd;
    sound->block = block > 0 ? PJ_MIN((unsigned)block, BUFFER_SAMPLES) : BUFFER_SAMPLES;
    sound->base.put_frame = &record_frame;
    errno = 0;
    if (!write_header(sound)) {
        status = PJ_STATUS_FROM_OS(errno ? errno : ENOSPC);
        pj_pool_safe_release(&sound->pool);
    } else {
        status = enter(sound, &end_recording);
    }
    *out = status == PJ_SUCCESS ? sound : NULL;
    return status;
}

int tap_sound_slot(const tap_sound *sound)
{
    return sound->slot;
}

/* The sound leaves the bridge at one of the clock's next ticks, and is destroyed by the last who lets go of it. */
void tap_sound_close(tap_sound *sound)
{
    pjsua_conf_remove_port(sound->slot);
    pjmedia_port_destroy(&sound->base);
}

pj_status_t tap_sounds_start(void)
{
    return tap_queue_open(&queue);
}

void tap_sounds_stop(void)
{
    tap_queue_close(&queue);
}

int tap_sounds_fd(void)
{
    return queue.fd;
}

/* Take one that has ended; 0 when there is none. */
int tap_next_ended(tap_ended *out)
{
    return tap_queue_take(&queue, out);
}
