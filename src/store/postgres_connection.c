/*
 * A connection to PostgreSQL: version, encoding and durability are checked
 * before it is used.
 */
#include "postgres_own.h"

#include <stdlib.h>
#include <string.h>

#define VERSION_LEAST 150000

static enum status connection_set(PGconn *pg);
static enum status connection_is_durable(PGconn *pg);
static void ignore_notice(void *nothing, const char *message);

enum status connection_open(const char *address, struct connection **out_connection) {
    static const char *const names[] = {"dbname", "client_encoding", "connect_timeout",
                                        "fallback_application_name", NULL};
    const char *values[] = {address, "UTF8", "10", "shenfa", NULL};
    PGconn *pg = PQconnectdbParams(names, values, 1);
    if (PQstatus(pg) != CONNECTION_OK) {
        enum status answer = log_failed("PostgreSQL: %s", PQerrorMessage(pg));
        PQfinish(pg);
        return answer;
    }
    enum status answer = connection_set(pg);
    if (answer != DONE) {
        PQfinish(pg);
        return answer;
    }
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        log_fatal("out of memory");
    }
    connection->pg = pg;
    *out_connection = connection;
    return DONE;
}

void connection_close(struct connection *connection) {
    PQfinish(connection->pg);
    for (size_t i = 0; i < BUCKETS; i++) {
        while (connection->prepared[i] != NULL) {
            struct prepared *prepared = connection->prepared[i];
            connection->prepared[i] = prepared->next;
            free(prepared);
        }
    }
    free(connection);
}

bool connection_command(PGconn *pg, const char *text, const char *expected) {
    PGresult *result = PQexec(pg, text);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK &&
                   strcmp(PQcmdStatus(result), expected) == 0;
    if (!is_done) {
        log_fault("PostgreSQL, at %s: %s", expected, PQerrorMessage(pg));
    }
    PQclear(result);
    return is_done;
}

static enum status connection_set(PGconn *pg) {
    static const char *const settings[] = {
        "SET synchronous_commit = on", "SET lock_timeout = '10s'",
        "SET jit = off", /* its start costs more than our statements */
    };
    PQsetNoticeProcessor(pg, ignore_notice, NULL);
    if (PQserverVersion(pg) < VERSION_LEAST) {
        return log_failed("PostgreSQL %d is older than 15", PQserverVersion(pg) / 10000);
    }
    const char *encoding = PQparameterStatus(pg, "server_encoding");
    if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
        return log_failed("the database's encoding is %s, not UTF8", encoding);
    }
    for (size_t i = 0; i < LENGTH(settings); i++) {
        if (!connection_command(pg, settings[i], "SET")) {
            return FAILED;
        }
    }
    return connection_is_durable(pg);
}

static enum status connection_is_durable(PGconn *pg) {
    PGresult *result = PQexec(pg, "SHOW synchronous_commit");
    bool is_on = PQresultStatus(result) == PGRES_TUPLES_OK &&
                 strcmp(PQgetvalue(result, 0, 0), "on") == 0;
    PQclear(result);
    return is_on ? DONE : log_failed("PostgreSQL does not commit durably");
}

static void ignore_notice(void *nothing, const char *message) {
    (void)nothing;
    (void)message;
}
