/*
 * PJSIP compiled for a telephone exchange: one process, 2,048 call legs, thousands of phones.
 *
 * Each value says why, and what it costs. "At start" is memory taken by pjsua_create() and pjsua_init(), whether
 * used or not; figures were measured on x86-64 with pjproject 2.17 by counting the heap before and after, or are
 * sizeof(). "Default" is pjproject's own.
 * All of it together: 38 MB at start, of which 35 MB are timers, sockets and call slots.
 */

/* ---- how many ---------------------------------------------------------------------------------------------- */

/* Call legs; a bridged call has two, so 1,024 calls. Default 4. At start 6,008 B each: 12.3 MB. */
#define PJSUA_MAX_CALLS 2048

/* Accounts: our sides of the wire, one per SRTP profile and per trunk, not one per phone. Default 8.
 * At start 6,888 B each: 0.44 MB. */
#define PJSUA_MAX_ACC 64

/* Ports of the conference bridge: one per leg, 256 players, 256 recorders. Default 254.
 * Every port that is in use keeps two arrays of this many numbers, 8 B x 2,560 = 20 kB a leg, unless
 * MediaConfig.maxMediaPorts is lower at run time. sizeof(pjsua_conf_port_info) grows by 4 B each: 10 kB. */
#define PJSUA_MAX_CONF_PORTS 2560

/* Sound files played at the same time; music on hold is one player however many listen. Default 32. 32 B each. */
#define PJSUA_MAX_PLAYERS 256

/* Sound files recorded at the same time. Default 32. 32 B each. */
#define PJSUA_MAX_RECORDERS 256

/* Sockets of media: two a leg (RTP, RTCP) are 4,096, twice that while a re-INVITE brings in new ones before the old
 * are gone. Default 64. At start 680 B each: 5.6 MB. */
#define PJ_IOQUEUE_MAX_HANDLES 8192

/* Sockets of SIP: every phone on TCP or TLS has one. Default PJ_IOQUEUE_MAX_HANDLES. At start 680 B each: 5.6 MB. */
#define PJSIP_MAX_TRANSPORTS 8192

/* Buckets of the two transaction tables: no limit, but a short table makes long chains, and a call leaves four
 * transactions behind for 32 s. Default 1,023. At start 8 B each, two tables: 1.1 MB. */
#define PJSIP_MAX_TSX_COUNT 65535

/* Buckets of the dialog table, likewise. Default 511. At start 8 B each: 0.5 MB. */
#define PJSIP_MAX_DIALOG_COUNT 65535

/* Timers before the heap doubles itself, which halts the loop for the copying: 500 calls/s come to about 100,000
 * (two transactions a leg, each with its 32 s timer, and the call's own; reckoned). Default twice the sum of the two above, 262,140,
 * which takes 24 MB. At start 92 B each: 12 MB. */
#define PJSIP_MAX_TIMER_COUNT 131072

/* Media lines in an SDP, formats in a media line. Defaults 16 and 32. An exchange carries audio, and refuses video and
 * the rest line by line. Smaller is cheaper: sizeof(pjsua_call) falls from 21,800 B to 6,008 B, so 32 MB at start. */
#define PJMEDIA_MAX_SDP_MEDIA 4
#define PJMEDIA_MAX_SDP_FMT 16

/* How long the handle of a closed socket rests before it is used again, in ms. Default 500. Every poll walks through the
 * resting ones: at 500 calls/s a thousand of them, a tenth of that now. No memory. */
#define PJ_IOQUEUE_KEY_FREE_DELAY 50

/* ---- messages on the wire ---------------------------------------------------------------------------------- */

/* The longest SIP message. Default 4,000, which an offer with ICE, SRTP and many codecs can pass. Every message sent holds
 * a buffer of this size until its transaction ends, 32 s after the last answer: about five a leg, 40 kB. */
#define PJSIP_MAX_PKT_LEN 8000

/* RFC 3261, 18.1.1 wants TCP for requests above 1,300 B. Phones registered over UDP often do not listen on TCP, and
 * the flow that they registered over is the only way through their NAT. Default 0. No memory. */
#define PJSIP_DONT_SWITCH_TO_TCP 1

/* What the kernel queues on the SIP socket while the loop is busy: 4 MB is 2,000 messages of a kB with the kernel's
 * overhead. Default 0, the kernel's own 212 kB. Takes effect as far as net.core.rmem_max and wmem_max allow; the memory is
 * the kernel's, and only while messages wait. */
#define PJSIP_UDP_SO_RCVBUF_SIZE 4194304
#define PJSIP_UDP_SO_SNDBUF_SIZE 4194304

/* How many socket events and expired timers one poll may handle. Defaults 1 and 10: at 1, every datagram costs a
 * trip through Python. Not higher, since a poll must not keep the loop from its other work. No memory. */
#define PJSIP_MAX_NET_EVENTS 16
#define PJSIP_MAX_TIMED_OUT_ENTRIES 100

/* Plain epoll: each queue is polled by one thread alone, SIP by the loop and media by its own. The default,
 * EPOLLEXCLUSIVE, keeps several threads from waking for one packet, and pays for it by taking the socket out of epoll
 * and putting it in again twice for each packet: a third of the media thread's time. No memory. */
#define PJ_IOQUEUE_DEFAULT_EPOLL_FLAGS 0

#define PJ_HAS_IPV6 1

/* ---- media ------------------------------------------------------------------------------------------------- */

/* Events waiting for the media event thread. Default 16: 40 sound files that end together lose 24 of their ends
 * for ever. At start 120 B each: 0.5 MB; as much again from the first event on that is published at once. */
#define PJMEDIA_EVENT_MAX_EVENTS 4096

/* SpeexDSP resamples between the 8 kHz bridge and G.722 or Opus; the default costs a multiple of the CPU. */
#define PJMEDIA_RESAMPLE_IMP PJMEDIA_RESAMPLE_SPEEX

/* Keys for SRTP over DTLS (RFC 5764) beside those in the SDP (RFC 4568). Default 0. Only legs that use it pay. */
#define PJMEDIA_SRTP_HAS_DTLS 1

#define PJMEDIA_HAS_VIDEO 0

/* ---- a server that stays up -------------------------------------------------------------------------------- */

/* Assertions off, together with NDEBUG: bad input gives an error code, never abort(). */
#define PJ_DEBUG 0

/* Up to SIP messages (4), for a trace that is switched on at run time; 5 and 6 are for PJSIP's developers and would
 * cost time in every packet even when switched off. */
#define PJ_LOG_MAX_LEVEL 4
