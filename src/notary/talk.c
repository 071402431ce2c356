/*
 * Lines over a local socket, with a limit on length and on silence.
 */
#include "signer_own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static bool read_more(struct talk *talk);

bool talk_begin(struct talk *talk, int socket) {
    struct timeval limit = {.tv_sec = SIGNER_SECONDS};
    *talk = (struct talk){.socket = socket, .room = SIGNER_LINE_MOST};
    talk->at = malloc(talk->room);
    return talk->at != NULL &&
           setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
           setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0;
}

void talk_end(struct talk *talk) {
    free(talk->at);
    close(talk->socket);
}

bool talk_line(struct talk *talk, struct str *out_line) {
    for (size_t looked = talk->taken;;) {
        char *end = memchr(talk->at + looked, '\n', talk->length - looked);
        if (end != NULL) {
            *out_line = (struct str){talk->at + talk->taken,
                                     (size_t)(end - talk->at) - talk->taken};
            talk->taken = (size_t)(end - talk->at) + 1;
            return true;
        }
        size_t unread = talk->length - talk->taken;
        if (!read_more(talk)) {
            return false;
        }
        looked = talk->taken + unread;
    }
}

bool talk_bytes(struct talk *talk, size_t length, struct str *out_bytes) {
    if (length > talk->room) {
        return false;
    }
    while (talk->length - talk->taken < length) {
        if (!read_more(talk)) {
            return false;
        }
    }
    *out_bytes = (struct str){talk->at + talk->taken, length};
    talk->taken += length;
    return true;
}

bool talk_say(struct talk *talk, struct str text) {
    while (text.length > 0) {
        ssize_t sent = send(talk->socket, text.at, text.length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        text = str_part(text, (size_t)sent, text.length);
    }
    return true;
}

static bool read_more(struct talk *talk) {
    if (talk->taken > 0) {
        memmove(talk->at, talk->at + talk->taken, talk->length - talk->taken);
        talk->length -= talk->taken;
        talk->taken = 0;
    }
    if (talk->length == talk->room) {
        return false;
    }
    ssize_t got;
    do {
        got = recv(talk->socket, talk->at + talk->length, talk->room - talk->length, 0);
    } while (got < 0 && errno == EINTR);
    talk->length += got > 0 ? (size_t)got : 0;
    return got > 0;
}
