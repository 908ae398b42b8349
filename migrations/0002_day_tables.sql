-- Blobs move into a table for each day of expiry, which is dropped as a whole when its day is over: so expired bytes leave the files at once.
-- A relay of the first version cannot share the database with one of this: it holds the lock that ours would share (server/store/database.ts),
-- so it is stopped first. Should it run all the same, what it calls is gone: its appends and reads fail as a whole, and nothing is lost.
ALTER TABLE "relay" ADD COLUMN "settled_day" integer;
--> statement-breakpoint
UPDATE "relay" SET "settled_day" = greatest("admission_day", (SELECT max("last_day") FROM "logs"));
--> statement-breakpoint
ALTER TABLE "relay" ALTER COLUMN "settled_day" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "relay" ADD COLUMN "creation" boolean DEFAULT true NOT NULL;
--> statement-breakpoint
ALTER TABLE "relay" ADD COLUMN "moved" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
-- The table of one day, made when it is first needed. Nothing is ever updated or deleted in it, so there is nothing to vacuum.
-- Sealed bytes do not compress: they are stored as they are.
CREATE FUNCTION make_day(p_day int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('blobs_' || p_day) IS NULL THEN
    PERFORM pg_advisory_xact_lock(7303, p_day);
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'blobs_' || p_day AND relnamespace = current_schema()::regnamespace) THEN
      EXECUTE format('CREATE TABLE blobs_%s (seq integer NOT NULL, log bytea NOT NULL, blob bytea NOT NULL, PRIMARY KEY (log, seq))
        WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false)', p_day);
      EXECUTE format('ALTER TABLE blobs_%s ALTER COLUMN blob SET STORAGE EXTERNAL', p_day);
    END IF;
  END IF;
END $$;
--> statement-breakpoint
-- An entry whose bytes are gone already has day 0: its day was not kept. The old table goes as a whole, and with it the bytes in its files.
ALTER TABLE "entries" RENAME TO "old_entries";
--> statement-breakpoint
ALTER INDEX "entries_log_seq_pk" RENAME TO "old_entries_log_seq_pk";
--> statement-breakpoint
CREATE TABLE "entries" (
	"seq" integer NOT NULL,
	"expiry_day" integer NOT NULL,
	"bytes" integer NOT NULL,
	"writer" smallint,
	"log" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"wsig" "bytea"
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
--> statement-breakpoint
INSERT INTO "entries" ("seq", "expiry_day", "bytes", "writer", "log", "hash", "wsig")
  SELECT "seq", coalesce("expiry_day", 0), CASE WHEN "expiry_day" IS NULL THEN 0 ELSE octet_length("blob") END, "writer", "log",
    CASE WHEN "expiry_day" IS NULL THEN "blob" ELSE sha256("blob") END, "wsig"
  FROM "old_entries";
--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_log_seq_pk" PRIMARY KEY ("log", "seq");
--> statement-breakpoint
DO $$
DECLARE day int;
BEGIN
  FOR day IN SELECT DISTINCT expiry_day FROM old_entries WHERE expiry_day IS NOT NULL LOOP
    PERFORM make_day(day);
    EXECUTE format('INSERT INTO blobs_%s (seq, log, blob) SELECT seq, log, blob FROM old_entries WHERE expiry_day = %s', day, day);
  END LOOP;
END $$;
--> statement-breakpoint
DROP TABLE "old_entries";
--> statement-breakpoint
-- Logs whose days may be over are found without reading all of them.
CREATE INDEX "logs_last_day" ON "logs" USING btree ("last_day");
--> statement-breakpoint
ALTER TABLE "logs" SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
--> statement-breakpoint
-- Entries of days that the clock has not yet proved (server/housekeeping.ts): should it turn out to have been wrong, they are dated anew.
CREATE TABLE "ahead" (
	"log" "bytea" NOT NULL,
	"seq" integer NOT NULL,
	"life" smallint NOT NULL,
	CONSTRAINT "ahead_log_seq_pk" PRIMARY KEY("log","seq")
);
--> statement-breakpoint
-- Makes an empty log if there is none; what died is gone first. False where that has to wait: the log died by today's date, but the clock
-- has not yet proved it, and until then nothing is erased.
CREATE FUNCTION create_log(p_id bytea, p_policy bytea, p_chain bytea, p_today int, p_empty_days int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE last_day int;
BEGIN
  SELECT last_day_of(l.policy, l.head, l.last_day, p_empty_days) INTO last_day FROM logs l WHERE l.id = p_id FOR UPDATE;
  IF p_today > last_day THEN
    IF (SELECT r.settled_day FROM relay r) <= last_day THEN
      RETURN false;
    END IF;
    DELETE FROM entries e WHERE e.log = p_id;
    DELETE FROM logs l WHERE l.id = p_id;
  END IF;
  INSERT INTO logs (id, policy, head, chain, bytes, last_day) VALUES (p_id, p_policy, 0, p_chain, 0, p_today)
    ON CONFLICT DO NOTHING;
  RETURN true;
END $$;
--> statement-breakpoint
DROP FUNCTION append_batch(int, int, int, int[], int[], bytea, int[], int[], int[], int[], int[], bytea, bytea);
--> statement-breakpoint
-- One call writes a batch of appends. Ids are distinct and in ascending order, so that two callers lock rows in one order; p_counts says how many
-- of the appends belong to each. p_ats and p_lengths say where each blob stands in p_blobs. An absent if_head or writer is -1. Bytes come as base64:
-- the driver sends everything as text, and its own, hex, costs twice as much. The answer has 38 bytes for each append: status (0 appended, 1 none,
-- 2 conflict, 3 full), head, chain, full. Tables of days are made before any row is locked.
CREATE FUNCTION append_batch(
  p_today int, p_empty_days int, p_largest int, p_cap_entries int[], p_cap_bytes int[],
  p_ids text, p_counts int[], p_ats int[], p_lengths int[], p_expiry_days int[], p_if_heads int[], p_writers int[],
  p_wsigs text, p_blobs text
) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
  n int := cardinality(p_lengths); g int := 0; k int := 0; cap int; log_full boolean; r record; day int; settled int;
  packed bytea := decode(p_ids, 'base64'); blobs bytea := decode(p_blobs, 'base64'); wsigs bytea := decode(p_wsigs, 'base64');
  ids bytea[]; v_head int; v_chain bytea; v_bytes int8; v_hash bytea;
  no bytea := '\x00'; yes bytea := '\x01'; conflict bytea := '\x02'; is_full bytea := '\x03'; nowhere bytea := decode(repeat('00', 33), 'hex');
  seqs int[] := array_fill(0, ARRAY[n]); log_of bytea[] := array_fill(NULL::bytea, ARRAY[n]); hashes bytea[] := log_of;
  answers bytea[] := array_fill('\x01'::bytea || decode(repeat('00', 37), 'hex'), ARRAY[n]);
  heads int[] := '{}'; chains bytea[] := '{}'; sums int8[] := '{}'; grown bytea[] := '{}';
BEGIN
  FOR day IN SELECT DISTINCT d FROM unnest(p_expiry_days) d ORDER BY d LOOP
    PERFORM make_day(day);
  END LOOP;
  SELECT array_agg(substr(packed, 24 * i - 23, 24) ORDER BY i) INTO ids FROM generate_series(1, cardinality(p_counts)) i;
  FOR r IN
    SELECT l.id, l.policy, l.head, l.chain, l.bytes, last_day_of(l.policy, l.head, l.last_day, p_empty_days) AS last_day
    FROM logs l WHERE l.id = ANY (ids) ORDER BY l.id FOR UPDATE
  LOOP
    g := g + 1;
    WHILE ids[g] <> r.id LOOP
      k := k + p_counts[g];
      g := g + 1;
    END LOOP;
    IF p_today > r.last_day THEN
      k := k + p_counts[g];
      CONTINUE;
    END IF;
    v_head := r.head; v_chain := r.chain; v_bytes := r.bytes;
    cap := get_byte(r.policy, 2) + 1;
    log_full := v_head >= p_cap_entries[cap] OR v_bytes + p_largest > p_cap_bytes[cap];
    FOR j IN 1 .. p_counts[g] LOOP
      k := k + 1;
      IF log_full THEN
        answers[k] := is_full || int4send(v_head) || nowhere;
      ELSIF p_if_heads[k] >= 0 AND p_if_heads[k] <> v_head THEN
        answers[k] := conflict || int4send(v_head) || nowhere;
      ELSE
        v_hash := sha256(substr(blobs, p_ats[k], p_lengths[k]));
        v_head := v_head + 1;
        v_chain := sha256(v_chain || int4send(v_head) || v_hash);
        v_bytes := v_bytes + p_lengths[k];
        log_full := v_head >= p_cap_entries[cap] OR v_bytes + p_largest > p_cap_bytes[cap];
        seqs[k] := v_head; log_of[k] := r.id; hashes[k] := v_hash;
        answers[k] := no || int4send(v_head) || v_chain || CASE WHEN log_full THEN yes ELSE no END;
      END IF;
    END LOOP;
    IF v_head > r.head THEN
      grown := grown || r.id; heads := heads || v_head; chains := chains || v_chain; sums := sums || v_bytes;
    END IF;
  END LOOP;
  IF cardinality(grown) > 0 THEN
    INSERT INTO entries (seq, expiry_day, bytes, writer, log, hash, wsig)
      SELECT u.seq, u.day, u.length, nullif(u.writer, -1)::smallint, u.log, u.hash,
        CASE WHEN u.writer >= 0 THEN substr(wsigs, (64 * u.i - 63)::int, 64) END
      FROM unnest(seqs, p_expiry_days, p_lengths, p_writers, log_of, hashes)
        WITH ORDINALITY u(seq, day, length, writer, log, hash, i)
      WHERE u.seq > 0;
    FOR day IN SELECT DISTINCT u.day FROM unnest(seqs, p_expiry_days) u(seq, day) WHERE u.seq > 0 LOOP
      EXECUTE format('INSERT INTO blobs_%s (seq, log, blob) SELECT u.seq, u.log, substr($1, u.at, u.length)
        FROM unnest($2, $3, $4, $5, $6) u(seq, log, at, length, day) WHERE u.seq > 0 AND u.day = $7', day)
        USING blobs, seqs, log_of, p_ats, p_lengths, p_expiry_days, day;
    END LOOP;
    UPDATE logs l SET head = u.head, chain = u.chain, bytes = u.bytes, last_day = p_today
      FROM unnest(grown, heads, chains, sums) u(id, head, chain, bytes) WHERE l.id = u.id;
    SELECT relay.settled_day INTO settled FROM relay;
    IF p_today > settled + 1 THEN
      INSERT INTO ahead (log, seq, life) SELECT u.log, u.seq, u.day - p_today
        FROM unnest(log_of, seqs, p_expiry_days) u(log, seq, day) WHERE u.seq > 0;
    END IF;
  END IF;
  RETURN (SELECT string_agg(u.answer, '' ORDER BY u.i) FROM unnest(answers) WITH ORDINALITY u(answer, i));
END $$;
--> statement-breakpoint
-- Dates anew some of what was written while the clock was ahead, and says how much. Logs in ascending order of id, as append_batch locks them.
-- The bytes leave a table of a day that no entry can have with that table; so it goes as soon as it is empty.
CREATE FUNCTION redate(p_today int, p_limit int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE r record; done int := 0; more int;
BEGIN
  PERFORM make_day(p_today + life) FROM (SELECT DISTINCT life FROM ahead) lives;
  FOR r IN
    SELECT a.log, a.seq, p_today + a.life AS day, e.expiry_day AS old FROM ahead a LEFT JOIN entries e USING (log, seq)
    ORDER BY a.log, a.seq LIMIT p_limit FOR UPDATE OF a SKIP LOCKED
  LOOP
    IF r.old > r.day THEN
      EXECUTE format('WITH moved AS (DELETE FROM blobs_%s WHERE log = $1 AND seq = $2 RETURNING seq, log, blob)
        INSERT INTO blobs_%s (seq, log, blob) SELECT seq, log, blob FROM moved', r.old, r.day) USING r.log, r.seq;
      UPDATE entries SET expiry_day = r.day WHERE log = r.log AND seq = r.seq;
    END IF;
    DELETE FROM ahead WHERE log = r.log AND seq = r.seq;
    done := done + 1;
  END LOOP;
  UPDATE logs SET last_day = p_today WHERE id IN
    (SELECT id FROM logs WHERE last_day > p_today + 1 ORDER BY id LIMIT p_limit FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS more = ROW_COUNT;
  RETURN done + more;
END $$;
--> statement-breakpoint
-- Drops the table of a day, or only if it is empty. Whether it is, is seen while nobody can write to it; who comes meanwhile waits as long as this
-- waits for those who are there already, and no longer.
CREATE FUNCTION drop_day(p_day int, p_if_empty boolean) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '50ms' AS $$
DECLARE has_rows boolean := false;
BEGIN
  EXECUTE format('LOCK TABLE blobs_%s IN ACCESS EXCLUSIVE MODE', p_day);
  IF p_if_empty THEN
    EXECUTE format('SELECT EXISTS (SELECT FROM blobs_%s)', p_day) INTO has_rows;
  END IF;
  IF NOT has_rows THEN
    EXECUTE format('DROP TABLE blobs_%s', p_day);
  END IF;
  RETURN NOT has_rows;
END $$;
--> statement-breakpoint
-- Takes some of what is left of dead logs, under the locks of their rows, so that nobody makes one anew meanwhile: entries first, the logs when none
-- are left. Their blobs are gone already. Few of many: so never by reading a whole table.
CREATE FUNCTION drop_dead(p_today int, p_empty_days int, p_logs int, p_rows int) RETURNS boolean
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE dead bytea[];
BEGIN
  SELECT array_agg(d.id) INTO dead FROM (
    SELECT l.id FROM logs l
    WHERE l.last_day < p_today - 1 AND p_today > last_day_of(l.policy, l.head, l.last_day, p_empty_days)
    LIMIT p_logs FOR UPDATE SKIP LOCKED
  ) d;
  IF dead IS NULL THEN
    RETURN false;
  END IF;
  DELETE FROM entries WHERE (log, seq) IN (SELECT e.log, e.seq FROM entries e WHERE e.log = ANY (dead) LIMIT p_rows);
  IF NOT FOUND THEN
    DELETE FROM logs WHERE id = ANY (dead);
  END IF;
  RETURN true;
END $$;
