-- What the machine saw in a file: read once for every text that carries it.

CREATE TABLE screened_file (
    digest          text NOT NULL,     -- of the file's bytes
    kind            text NOT NULL,     -- its media type, by which it was read
    rulebook_digest text NOT NULL,     -- the version it was screened under
    basis           text NOT NULL,     -- digest of rulebook, lists and facts it rests on
    findings        text NOT NULL,     -- JSON; they name no file
    screened_at     bigint NOT NULL,
    PRIMARY KEY (digest, kind, rulebook_digest)
) STRICT;

CREATE INDEX screened_file_by_age ON screened_file (screened_at);
CREATE INDEX screening_by_age ON screening (screened_at);
