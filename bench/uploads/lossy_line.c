/* A line between two network namespaces, for real TCP: rate, delay, jitter, loss and a short queue.
 *
 *   lossy_line NEAR FAR MBIT DELAY_MS JITTER_MS LOSS_PERCENT QUEUE_KIB SEED
 *
 * Makes a TUN device called `line` in each namespace and carries packets between them. Rate and
 * queue (what does not fit is dropped) count each way; packets from NEAR to FAR are lost at random;
 * delays are one way, and jitter changes no order. Prints `ready`; SIGTERM ends it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST_PACKET = 2048, AT_ONCE = 64 };

struct packet {
    struct packet *next;
    int64_t arrives; /* ns of the monotonic clock */
    ssize_t length;
    char bytes[LARGEST_PACKET];
};

struct way {
    int from, to; /* devices */
    double ns_per_byte, loss;
    int64_t delay, jitter, queue;
    int64_t free_from;    /* when the last packet taken has left */
    int64_t last_arrival; /* a packet never overtakes another */
    struct packet *first, *last;
};

static uint64_t state;

/* xorshift64*: the same losses for the same seed, as far as the packets are the same. */
static double chance(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (double)((state * 2685821657736338717ULL) >> 11) / 9007199254740992.0;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now(void) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return moment.tv_sec * 1000000000LL + moment.tv_nsec;
}

static int device_in(const char *namespace) {
    char path[256];
    struct ifreq wanted = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    int home = open("/proc/self/ns/net", O_RDONLY);
    snprintf(path, sizeof path, "/run/netns/%s", namespace);
    int there = open(path, O_RDONLY);
    if (there < 0 || setns(there, CLONE_NEWNET) < 0) fail(path);
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    strcpy(wanted.ifr_name, "line");
    if (device < 0 || ioctl(device, TUNSETIFF, &wanted) < 0) fail("/dev/net/tun");
    if (setns(home, CLONE_NEWNET) < 0) fail("setns");
    close(there);
    close(home);
    return device;
}

/* What a packet of so many bytes meets: its arrival, or -1 when it is dropped or lost. */
static int64_t passage(struct way *way, ssize_t length) {
    int64_t moment = now(), begins = way->free_from > moment ? way->free_from : moment;
    if ((begins - moment) / way->ns_per_byte + length > way->queue) return -1;
    way->free_from = begins + (int64_t)(length * way->ns_per_byte);
    if (chance() < way->loss) return -1;
    double more = (chance() + chance() + chance()) / 3 * way->jitter;
    int64_t arrival = way->free_from + way->delay + (int64_t)more;
    if (arrival < way->last_arrival) arrival = way->last_arrival;
    return way->last_arrival = arrival;
}

static void take_in(struct way *way) {
    char bytes[LARGEST_PACKET];
    for (int count = 0; count < AT_ONCE; count++) {
        ssize_t length = read(way->from, bytes, sizeof bytes);
        if (length <= 0) return;
        int64_t arrival = passage(way, length);
        if (arrival < 0) continue;
        struct packet *packet = malloc(sizeof *packet);
        if (!packet) fail("malloc");
        *packet = (struct packet){.arrives = arrival, .length = length};
        memcpy(packet->bytes, bytes, length);
        if (way->last) way->last->next = packet;
        else way->first = packet;
        way->last = packet;
    }
}

/* Delivers what is due; when the next packet is, or -1 where none is under way. */
static int64_t deliver(struct way *way) {
    for (struct packet *packet; (packet = way->first) && packet->arrives <= now();) {
        if (write(way->to, packet->bytes, packet->length) < 0) { /* lost, as on a full device */
        }
        way->first = packet->next;
        if (!way->first) way->last = NULL;
        free(packet);
    }
    return way->first ? way->first->arrives : -1;
}

int main(int count, char **words) {
    if (count != 9) return 2;
    struct way up = {
        .from = device_in(words[1]),
        .to = device_in(words[2]),
        .ns_per_byte = 8000 / atof(words[3]),
        .delay = (int64_t)(atof(words[4]) * 1e6),
        .jitter = (int64_t)(atof(words[5]) * 1e6),
        .loss = atof(words[6]) / 100,
        .queue = atoll(words[7]) * 1024,
    };
    struct way down = up;
    down.from = up.to, down.to = up.from, down.loss = 0;
    state = 88172645463325252ULL ^ (strtoull(words[8], NULL, 10) * 0x9E3779B97F4A7C15ULL);
    prctl(PR_SET_TIMERSLACK, 10000);
    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 10});
    puts("ready");
    fflush(stdout);
    for (;;) {
        int64_t next_up = deliver(&up), next_down = deliver(&down);
        int64_t next = next_up < 0 || (next_down >= 0 && next_down < next_up) ? next_down : next_up;
        int64_t rest = next < 0 ? 0 : next - now();
        if (rest < 0) rest = 0;
        struct timespec wait = {rest / 1000000000, rest % 1000000000};
        struct pollfd devices[2] = {{up.from, POLLIN, 0}, {down.from, POLLIN, 0}};
        ppoll(devices, 2, next < 0 ? NULL : &wait, NULL);
        if (devices[0].revents) take_in(&up);
        if (devices[1].revents) take_in(&down);
    }
}
