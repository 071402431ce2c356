-- What the store keeps about itself: the migrations it has applied.

-- store_list_migrations: all applied migrations by number; as many as there are files.
SELECT number, name, digest
  FROM store_migration
 ORDER BY number;

-- store_add_migration: gives no rows.
INSERT INTO store_migration (number, name, digest)
VALUES (:number, :name, :digest);
