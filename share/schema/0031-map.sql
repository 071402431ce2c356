-- What the site map says of an item, so that a piece of it is read off the index alone.

CREATE INDEX publication_release_map
    ON publication_release (site, place, state, path, released_at, changed_at);
DROP INDEX publication_release_by_place;
