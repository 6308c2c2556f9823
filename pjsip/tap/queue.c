/* What other threads tell the loop: they put it into a ring and wake the loop through a descriptor, and never wait
 * for Python. A ring that is full drops what is new: the loop has stood still for thousands of items then. */
#include "tap.h"
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

pj_status_t tap_queue_open(tap_queue *queue)
{
    queue->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (queue->fd < 0)
        return PJ_RETURN_OS_ERROR(errno);
    queue->first = queue->count = 0;
    return PJ_SUCCESS;
}

void tap_queue_close(tap_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    if (queue->fd >= 0)
        close(queue->fd);
    queue->fd = -1;
    pthread_mutex_unlock(&queue->lock);
}

void tap_queue_put(tap_queue *queue, const void *item)
{
    pj_uint64_t one = 1;

    pthread_mutex_lock(&queue->lock);
    if (queue->count < queue->most)
        memcpy(queue->items + (queue->first + queue->count++) % queue->most * queue->size, item, queue->size);
    if (queue->fd >= 0 && write(queue->fd, &one, sizeof(one)) < 0)
        errno = 0; /* the counter is full: the loop will wake all the same */
    pthread_mutex_unlock(&queue->lock);
}

/* The oldest item; 0 when there is none. Clears the wake-up when the queue is empty. */
int tap_queue_take(tap_queue *queue, void *item)
{
    int found = 0;
    pj_uint64_t count;

    pthread_mutex_lock(&queue->lock);
    if (queue->count) {
        memcpy(item, queue->items + queue->first * queue->size, queue->size);
        queue->first = (queue->first + 1) % queue->most;
        --queue->count;
        found = 1;
    } else if (queue->fd >= 0 && read(queue->fd, &count, sizeof(count)) < 0) {
        found = 0; /* nothing was written since */
    }
    pthread_mutex_unlock(&queue->lock);
    return found;
}
