#!/usr/bin/env python3
"""What tools/statements.py makes, and what it refuses."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).with_name("statements.py")


def run(text):
    """Return (exit status, what was said, header, source) for a file people.sql."""
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        (place / "people.sql").write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, TOOL, "people.sql", "."], cwd=place,
                              capture_output=True, text=True, check=False)
        made = [(place / f"people_sql.{end}") for end in "hc"]
        texts = [each.read_text(encoding="utf-8") if each.exists() else None
                 for each in made]
        return done.returncode, done.stderr.strip(), *texts


def statement(body, name="people_x"):
    return f"-- {name}: what it gives; one row.\n{body}"


class Makes(unittest.TestCase):
    # The statement as written; SQLite's text; PostgreSQL's; the parameters.
    TEXTS = [
        ("SELECT a FROM t WHERE b = :b AND c = :a AND d = :b;",
         "SELECT a FROM t WHERE b = ?1 AND c = ?2 AND d = ?1",
         "SELECT a FROM t WHERE b = $1 AND c = $2 AND d = $1", "b a"),
        ("SELECT a\n  FROM t -- :no\n WHERE b = ':no ''; :no' /* ; :no */\n;",
         "SELECT a FROM t WHERE b = ':no ''; :no'",
         "SELECT a FROM t WHERE b = ':no ''; :no'", ""),
        ("SELECT a FROM t WHERE b = :b FOR UPDATE;",
         "SELECT a FROM t WHERE b = ?1", "SELECT a FROM t WHERE b = $1 FOR UPDATE", "b"),
        ("SELECT a FROM t LIMIT 1 FOR UPDATE OF t SKIP LOCKED;",
         "SELECT a FROM t LIMIT 1", "SELECT a FROM t LIMIT 1 FOR UPDATE OF t SKIP LOCKED", ""),
        ("INSERT INTO t AS x (a) VALUES (:a) ON CONFLICT (a) DO UPDATE SET a = x.a + 1;",
         "INSERT INTO t AS x (a) VALUES (?1) ON CONFLICT (a) DO UPDATE SET a = x.a + 1",
         "INSERT INTO t AS x (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = x.a + 1", "a"),
        ("WITH w AS (SELECT 2 * 3 AS a) SELECT a, count(*) AS n FROM w GROUP BY a;",
         "WITH w AS (SELECT 2 * 3 AS a) SELECT a, count(*) AS n FROM w GROUP BY a",
         "WITH w AS (SELECT 2 * 3 AS a) SELECT a, count(*) AS n FROM w GROUP BY a", ""),
    ]

    def test_texts_for_both(self):
        for body, sqlite, postgres, names in self.TEXTS:
            with self.subTest(body):
                status, said, _, source = run(statement(body))
                self.assertEqual((status, said), (0, ""))
                self.assertIn(f'"{sqlite}"', " ".join(source.split()))
                self.assertIn(f'"{postgres}"', " ".join(source.split()))
                listed = "".join(f'"{each}", ' for each in names.split())
                self.assertIn(f"people_x_parameters[] = {{{listed}NULL}};", source)

    def test_variant_keeps_the_numbers_of_its_sibling(self):
        _, _, _, source = run(
            statement("SELECT a FROM t WHERE b = :b AND c = :c;") +
            "\n\n-- people_x (postgres): the other way round.\n"
            "SELECT a::bigint FROM t WHERE c = :c AND b = :b;")
        self.assertIn("b = ?1 AND c = ?2", source)
        self.assertIn("SELECT a::bigint FROM t WHERE c = $2 AND b = $1", source)

    def test_header_says_what_the_comment_says(self):
        _, _, header, _ = run("-- The file's own words.\n\n" + statement("SELECT :a AS a;"))
        self.assertIn("/* what it gives; one row.  Binds a. */\n"
                      "extern const struct statement people_x;", header)

    def test_text_beyond_ascii_survives_the_compiler(self):
        _, _, _, source = run(statement("SELECT '局\"\\' AS a;"))
        self.assertIn(r"SELECT '\345\261\200\"\\' AS a", source)


class Refuses(unittest.TestCase):
    # The file; the line; words of the sentence.
    FILES = [
        ("SELECT a FROM t;", 1, "name: what it gives"),
        ("-- people_x\nSELECT a FROM t;", 2, "name: what it gives"),
        ("-- people_x:\nSELECT a FROM t;", 2, "name: what it gives"),
        ("-- people_x: far away.\n\nSELECT a FROM t;", 3, "name: what it gives"),
        (statement("DROP TABLE t;"), 2, "not with DROP"),
        (statement("PRAGMA x;"), 2, "not with PRAGMA"),
        (statement("SELECT *\n FROM t;"), 2, "never *"),
        (statement("SELECT a,\n t.* FROM t;"), 3, "never *"),
        (statement("SELECT a, * FROM t;"), 2, "never *"),
        (statement("DELETE FROM t RETURNING *;"), 2, "never *"),
        (statement("SELECT a FROM t\n WHERE a LIKE :a;"), 3, "LIKE"),
        (statement("SELECT a FROM t WHERE a ilike 'x';"), 2, "ILIKE"),
        (statement("SELECT a FROM t WHERE a GLOB 'x';"), 2, "GLOB"),
        (statement("SELECT now() AS a;"), 2, "from the call"),
        (statement("SELECT date('now') AS a;"), 2, "from the call"),
        (statement("SELECT strftime('%s') AS a;"), 2, "from the call"),
        (statement("SELECT CURRENT_TIMESTAMP AS a;"), 2, "from the call"),
        (statement("SELECT random() AS a;"), 2, "from the call"),
        (statement("INSERT INTO t VALUES (1);"), 2, "names its columns"),
        (statement("INSERT INTO t SELECT a FROM u;"), 2, "names its columns"),
        (statement("INSERT OR IGNORE INTO t (a) VALUES (1);"), 2, "SQLite's alone"),
        (statement("SELECT a::text FROM t;"), 2, "PostgreSQL's alone"),
        (statement("SELECT a FROM t WHERE a = ?;"), 2, "bound by name"),
        (statement("SELECT a FROM t WHERE a = $1;"), 2, "bound by name"),
        (statement("SELECT a FROM t"), 2, "semicolon"),
        (statement(";"), 1, "semicolon"),
        (statement("SELECT 1 AS a;\n") + statement("SELECT 2 AS a;"), 3, "line 1"),
        (statement("SELECT 1 AS a;", "people_x (oracle)"), 1, "no database"),
        (statement("SELECT 1 AS a;", "people_x (sqlite)"), 1, "directly below"),
        (statement("SELECT 1 AS a;\n") + statement("SELECT 2 AS a;\n", "people_y") +
         statement("SELECT 3 AS a;", "people_x (sqlite)"), 5, "directly below"),
        (statement("SELECT :a AS a;\n") +
         statement("SELECT :b AS a;", "people_x (sqlite)"), 3, "other parameters"),
        (statement("SELECT 1 AS a;\n") + statement("SELECT 2 AS a;\n", "people_x (sqlite)") +
         statement("SELECT 3 AS a;", "people_x (sqlite)"), 5, "already"),
        (statement("SELECT " + ", ".join(f":a{i}" for i in range(65)) + ";"), 1, "64"),
    ]

    def test_with_file_and_line(self):
        for text, line, words in self.FILES:
            with self.subTest(text):
                status, said, header, source = run(text)
                self.assertEqual(status, 1)
                self.assertTrue(said.startswith(f"people.sql:{line}: "), said)
                self.assertIn(words, said)
                self.assertEqual((header, source), (None, None))

    def test_all_offences_at_once(self):
        _, said, _, _ = run(statement("SELECT * FROM t WHERE a LIKE 'b';\n") +
                            statement("DROP TABLE t;", "people_y"))
        self.assertEqual([line.split(":")[1] for line in said.splitlines()],
                         ["2", "2", "4"])


if __name__ == "__main__":
    unittest.main()
