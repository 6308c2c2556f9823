/* Many RTP streams from one thread: sends a packet every 20 ms for each leg, receives what comes back, and
 * tells what was lost and how long the way took.
 *
 *     rtp_load ADDRESS FIRST_PORT SOCKETS WARM_UP SECONDS < legs
 *
 * Each line of input is a leg: SOCKET REMOTE_ADDRESS REMOTE_PORT PAYLOAD_TYPE CODEC
 * CODEC tone/HERTZ/ROOM sends a tone in G.711 mu-law. What such a leg hears in the last second is looked through for
 * the tones of all legs: it should hear those of its room and no others, least of all its own.
 * Legs share sockets (ports FIRST_PORT, +2, …) and are told apart by the remote port. Every G.711 packet carries
 * its sender and number in its samples, which a bridge of two G.711 legs of the same kind hands on unchanged:
 * so the far end knows which packet it hears, whatever happened to the RTP header between. Packets sent in the
 * warm-up count nowhere. Times are the kernel's, taken when a packet arrives, not when it is read.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <opus/opus.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { MAX_LEGS = 2048, MAX_SOCKETS = 256, HISTORY = 4096, FRAME = 160, MARK = 16, BATCH = 64, BINS = 20000, OPUS_FRAMES = 50, RATE = 8000 };
enum codec { G711, G722, OPUS, TONE };

#define LOUD 400.0      /* amplitude of a tone, of 32767: sixty of them at once do not clip */
#define LATE 20.0       /* ms behind its leg's earliest packet at which a packet is late */

typedef struct {
    int socket, payload_type;
    enum codec codec;
    struct sockaddr_in remote;
    uint16_t sequence;
    uint32_t timestamp, number;         /* number: packets sent so far */
    int64_t sent_at[HISTORY];           /* ns since the epoch; 0: heard, or not sent */
    uint64_t received;                  /* within the window */
    uint32_t highest, gaps;             /* of the RTP sequence numbers that come */
    int heard;
    unsigned char tail[MARK];           /* the last samples, in which a mark may have begun */
    double base;                        /* ms: when packet 0 would have come, had all come as early as the earliest */
    uint64_t late;
    int hertz, room;                    /* of a tone */
    float *sound;                       /* the last second that it has heard */
    unsigned sounds;                    /* samples heard in all */
} leg;

static leg legs[MAX_LEGS];
static int leg_count, by_port[65536], sockets[MAX_SOCKETS], socket_count;
static uint64_t delays[BINS + 1], delay_count, sent, sent_in_all, heard, received, wrong;
static double delay_max, behind_max;
static float linear[256];
static unsigned char opus_frames[OPUS_FRAMES][400];
static int opus_sizes[OPUS_FRAMES];
static int counting;

static int64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "rtp_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_socket(const char *address, int port)
{
    struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), on = 1, size = 4 << 20;

    inet_pton(AF_INET, address, &local.sin_addr);
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)) != 0)
        fail("bind");
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    return fd;
}

/* Something like a voice: a buzz that glides and swells, so that the codec has work. */
static void make_opus(void)
{
    int error, f, i;
    double phase = 0;
    OpusEncoder *encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, &error);

    if (error != OPUS_OK)
        exit(1);
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(24000));
    for (f = 0; f < OPUS_FRAMES; ++f) {
        opus_int16 pcm[960];

        for (i = 0; i < 960; ++i) {
            double t = (f * 960 + i) / 48000.0, sum = 0;
            int k;

            phase += 2 * M_PI * (140 + 40 * sin(2 * M_PI * 2 * t)) / 48000;
            for (k = 1; k <= 20; ++k)
                sum += sin(k * phase) / k;
            pcm[i] = (opus_int16)(6000 * sum * (0.6 + 0.4 * sin(2 * M_PI * 4 * t)));
        }
        opus_sizes[f] = opus_encode(encoder, pcm, 960, opus_frames[f], sizeof(opus_frames[f]));
    }
    opus_encoder_destroy(encoder);
}

static void make_linear(void)
{
    int i;

    for (i = 0; i < 256; ++i) {
        int u = ~i & 0xFF, size = (((u & 15) << 3) + 0x84) << (u >> 4 & 7);

        linear[i] = (float)(u & 0x80 ? 0x84 - size : size - 0x84);
    }
}

/* The nearest of the 256 values of mu-law. */
static unsigned char to_ulaw(double value)
{
    int sign = value < 0 ? 0x80 : 0, size = (int)fabs(value) + 0x84, exponent = 7;

    while (exponent > 0 && !(size & 0x80 << exponent))
        --exponent;
    return (unsigned char)~(sign | exponent << 4 | (size >> (exponent + 3) & 15));
}

static void read_legs(void)
{
    char address[64], codec[32];
    int port;
    leg *l = legs;

    while (leg_count < MAX_LEGS &&
           scanf("%d %63s %d %d %31s", &l->socket, address, &port, &l->payload_type, codec) == 5) {
        l->codec = strcmp(codec, "opus") == 0 ? OPUS : strcmp(codec, "g722") == 0 ? G722 : G711;
        if (sscanf(codec, "tone/%d/%d", &l->hertz, &l->room) == 2) {
            l->codec = TONE;
            l->sound = calloc(RATE, sizeof(float));
        }
        l->remote.sin_family = AF_INET;
        l->remote.sin_port = htons((uint16_t)port);
        inet_pton(AF_INET, address, &l->remote.sin_addr);
        by_port[port] = ++leg_count;
        ++l;
    }
}

static int fill(leg *l, int index, unsigned char *packet)
{
    int size = FRAME, i;
    uint32_t mark = (uint32_t)index << 20 | (l->number & 0xFFFFF);

    packet[0] = 0x80;
    packet[1] = (unsigned char)l->payload_type;
    *(uint16_t *)(packet + 2) = htons(l->sequence++);
    *(uint32_t *)(packet + 4) = htonl(l->timestamp);
    *(uint32_t *)(packet + 8) = htonl(0x50000000u + (uint32_t)index);
    if (l->codec == OPUS) {
        size = opus_sizes[l->number % OPUS_FRAMES];
        memcpy(packet + 12, opus_frames[l->number % OPUS_FRAMES], (size_t)size);
    } else if (l->codec == TONE) {
        for (i = 0; i < FRAME; ++i)
            packet[12 + i] = to_ulaw(LOUD * sin(2 * M_PI * l->hertz * ((l->timestamp + (unsigned)i) % RATE) / RATE));
    } else {
        for (i = 0; i < FRAME; ++i)
            packet[12 + i] = l->codec == G711 ? 0xD5 : (unsigned char)((l->number * 31 + (unsigned)i * 73) >> 1);
        for (i = 0; l->codec == G711 && i < 8; ++i)
            packet[12 + i] = packet[20 + i] = (unsigned char)(0x90 + (mark >> (28 - 4 * i) & 15));
    }
    l->timestamp += l->codec == OPUS ? 960 : FRAME;
    return 12 + size;
}

/* One packet of each leg whose turn it is, with one call for each socket. */
static void send_due(int first)
{
    static unsigned char packets[MAX_LEGS / 20 + 1][512];
    static struct mmsghdr messages[MAX_SOCKETS][MAX_LEGS / 20 + 1];
    static struct iovec vectors[MAX_LEGS / 20 + 1];
    int counts[MAX_SOCKETS] = { 0 }, used = 0, i, done;
    int64_t at = counting ? now(CLOCK_REALTIME) : 0;

    for (i = first; i < leg_count; i += 20, ++used) {
        leg *l = &legs[i];
        struct mmsghdr *message = &messages[l->socket][counts[l->socket]++];

        vectors[used] = (struct iovec){ packets[used], (size_t)fill(l, i, packets[used]) };
        message->msg_hdr = (struct msghdr){ .msg_name = &l->remote, .msg_namelen = sizeof(l->remote),
                                            .msg_iov = &vectors[used], .msg_iovlen = 1 };
        l->sent_at[l->number++ % HISTORY] = at;
    }
    for (i = 0; i < socket_count; ++i) {
        for (done = 0; done < counts[i];) {
            int count = sendmmsg(sockets[i], messages[i] + done, (unsigned)(counts[i] - done), 0);

            if (count <= 0)
                fail("send");
            done += count;
        }
        sent_in_all += (unsigned)done;
        sent += counting == 1 ? (unsigned)done : 0;
    }
}

/* A mark was heard at that time. */
static void note(uint32_t mark, double at)
{
    int index = (int)(mark >> 20);
    leg *from = &legs[index];
    int64_t sent_at;
    double ms;

    if (index >= leg_count) {
        ++wrong;
        return;
    }
    sent_at = from->sent_at[mark % HISTORY];
    if (!sent_at)
        return;
    from->sent_at[mark % HISTORY] = 0;
    ++heard;
    ms = (at - (double)sent_at) / 1e6;
    ++delays[ms < 0 ? 0 : ms * 10 >= BINS ? BINS : (int)(ms * 10)];
    ++delay_count;
    if (ms > delay_max)
        delay_max = ms;
}

/* Marks need not begin where packets do: a jitter buffer that stretches or shortens the sound shifts them. */
static void hear(leg *l, const unsigned char *payload, int64_t at)
{
    unsigned char sound[MARK + FRAME];
    int start, i;

    memcpy(sound, l->tail, MARK);
    memcpy(sound + MARK, payload, FRAME);
    memcpy(l->tail, payload + FRAME - MARK, MARK);
    for (start = 1; start <= FRAME; ++start) {
        uint32_t mark = 0;

        for (i = 0; i < 8; ++i) {
            if ((sound[start + i] & 0xF0) != 0x90 || sound[start + i] != sound[start + 8 + i])
                break;
            mark = mark << 4 | (sound[start + i] & 15);
        }
        if (i == 8) {
            note(mark, (double)at + (start - MARK) * 125000.0);
            start += MARK - 1;
        }
    }
}

/* How far a packet is behind its leg's schedule of 20 ms a packet. */
static void look_at_time(leg *l, uint32_t timestamp, double at)
{
    double base = at - timestamp / 8.0;

    if (l->base == 0 || base < l->base || base > l->base + 10000)
        l->base = base;
    if (base - l->base > LATE)
        ++l->late;
    if (base - l->base > behind_max)
        behind_max = base - l->base;
}

/* How loud a tone is in a leg's last second: 1 is as loud as it was sent. By Goertzel, in a Hann window. */
static double loudness(const leg *l, int hertz)
{
    double turn = 2 * cos(2 * M_PI * hertz / RATE), one = 0, two = 0;
    unsigned i;

    for (i = 0; i < RATE; ++i) {
        double next = l->sound[(l->sounds + i) % RATE] * (1 - cos(2 * M_PI * i / RATE)) + turn * one - two;

        two = one;
        one = next;
    }
    return 2 * sqrt(one * one + two * two - turn * one * two) / RATE / LOUD;
}

static void receive(int fd)
{
    static unsigned char data[BATCH][1500];
    static char control[BATCH][128];
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    struct sockaddr_in from[BATCH];
    int i, count;

    do {
        for (i = 0; i < BATCH; ++i) {
            vectors[i] = (struct iovec){ data[i], sizeof(data[i]) };
            messages[i].msg_hdr = (struct msghdr){ &from[i], sizeof(from[i]), &vectors[i], 1, control[i],
                                                   sizeof(control[i]), 0 };
        }
        count = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
        for (i = 0; i < count; ++i) {
            struct cmsghdr *c = CMSG_FIRSTHDR(&messages[i].msg_hdr);
            int index = by_port[ntohs(from[i].sin_port)] - 1;
            int64_t at = 0;
            uint16_t sequence;
            leg *l;

            if (index < 0 || messages[i].msg_len < 12)
                continue;
            if (c && c->cmsg_type == SCM_TIMESTAMPNS) {
                struct timespec t;
                memcpy(&t, CMSG_DATA(c), sizeof(t));
                at = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
            }
            l = &legs[index];
            sequence = ntohs(*(uint16_t *)(data[i] + 2));
            if (counting == 1) {
                ++l->received;
                ++received;
                if (l->heard && (uint16_t)(sequence - l->highest) > 1 && (uint16_t)(sequence - l->highest) < 1000)
                    l->gaps += (uint16_t)(sequence - l->highest) - 1u;
                if (l->codec != OPUS)
                    look_at_time(l, ntohl(*(uint32_t *)(data[i] + 4)), (double)at / 1e6);
            }
            if (!l->heard || (uint16_t)(sequence - l->highest) < 32768)
                l->highest = sequence;
            l->heard = 1;
            if (l->codec == TONE && counting < 2 && messages[i].msg_len == 12 + FRAME) {
                int k;

                for (k = 0; k < FRAME; ++k)
                    l->sound[l->sounds++ % RATE] = linear[data[i][12 + k]];
            } else if (messages[i].msg_len == 12 + FRAME)
                hear(l, data[i] + 12, at);
        }
    } while (count == BATCH);
}

static double percentile(double share)
{
    uint64_t seen = 0;
    int bin;

    for (bin = 0; bin <= BINS; ++bin) {
        seen += delays[bin];
        if (delay_count && seen >= share * (double)delay_count)
            return (bin + 0.5) / 10;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const int64_t ms = 1000000;
    int64_t start, tick, warm_up, length, window_start = 0, window_end = 0, late = 0;
    uint64_t lost_rtp = 0, late_packets = 0, missing = 0, own = 0, strange = 0;
    double slowest = 1e9, rate;
    int i, k, port;

    if (argc != 6)
        return 2;
    port = atoi(argv[2]);
    socket_count = atoi(argv[3]);
    if (socket_count > MAX_SOCKETS)
        return 2;
    warm_up = (int64_t)(atof(argv[4]) * 1000);
    length = (int64_t)(atof(argv[5]) * 1000);
    for (i = 0; i < socket_count; ++i) {
        sockets[i] = open_socket(argv[1], port + 2 * i);
        open_socket(argv[1], port + 2 * i + 1);     /* takes RTCP, which nobody reads */
    }
    make_opus();
    make_linear();
    read_legs();

    start = now(CLOCK_MONOTONIC);
    /* Sending ends half a second before receiving, so that what is under way arrives. */
    for (tick = 0; tick < warm_up + length + 500; ++tick) {
        int64_t due = start + tick * ms;
        struct timespec t = { due / 1000000000, due % 1000000000 };

        if (tick == warm_up) {
            counting = 1;
            window_start = now(CLOCK_REALTIME);
        }
        if (tick == warm_up + length) {
            counting = 2;
            window_end = now(CLOCK_REALTIME);
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
        if (now(CLOCK_MONOTONIC) - due > late)
            late = now(CLOCK_MONOTONIC) - due;
        if (counting < 2)
            send_due((int)(tick % 20));
        for (i = (int)(tick % 4); i < socket_count; i += 4)
            receive(sockets[i]);
    }
    for (i = 0; i < leg_count; ++i) {
        rate = (double)legs[i].received / ((double)(window_end - window_start) / 1e9);
        if (rate < slowest)
            slowest = rate;
        lost_rtp += legs[i].gaps;
        late_packets += legs[i].late;
        for (k = 0; legs[i].codec == TONE && k < leg_count; ++k) {
            double loud = loudness(&legs[i], legs[k].hertz);

            if (k == i)
                own += loud > 0.2;
            else if (legs[k].room == legs[i].room)
                missing += loud < 0.5;
            else
                strange += loud > 0.2;
        }
    }
    printf("{\"legs\": %d, \"sent\": %llu, \"sent_in_all\": %llu, \"received\": %llu, \"heard\": %llu, \"wrong\": %llu, \"rtp_gaps\": %llu, "
           "\"rate\": %.3f, \"slowest\": %.3f, \"p50\": %.2f, \"p99\": %.2f, \"max\": %.2f, \"late\": %.1f, "
           "\"late_packets\": %llu, \"behind\": %.1f, \"missing\": %llu, \"own\": %llu, \"strange\": %llu}\n",
           leg_count, (unsigned long long)sent, (unsigned long long)sent_in_all, (unsigned long long)received, (unsigned long long)heard,
           (unsigned long long)wrong, (unsigned long long)lost_rtp,
           leg_count ? (double)received / leg_count / ((double)(window_end - window_start) / 1e9) : 0.0,
           leg_count ? slowest : 0.0, percentile(0.5), percentile(0.99), delay_max, (double)late / 1e6,
           (unsigned long long)late_packets, behind_max, (unsigned long long)missing, (unsigned long long)own,
           (unsigned long long)strange);
    return 0;
}
