-- Deposits: entries that a relay appends by itself when their time is over, unless enough members cancel them (SPEC T).
-- "held" and "held_bytes": what waits in a log, so that appends leave room for it.
ALTER TABLE "logs" ADD COLUMN "held" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "logs" ADD COLUMN "held_bytes" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
-- While it waits, all of it is there. When it is over, its name, its key's place and the day are left for two days, so that the same
-- deposit sent again comes to nothing. "due": seconds since 1970. "shown": the places of the hashes whose tokens have come.
CREATE TABLE "deposits" (
	"due" bigint,
	"wait" integer,
	"day" integer NOT NULL,
	"life" smallint,
	"needed" smallint,
	"place" smallint NOT NULL,
	"writer" smallint,
	"log" "bytea" NOT NULL,
	"name" "bytea" NOT NULL,
	"shown" smallint[],
	"hashes" "bytea",
	"wsig" "bytea",
	"blob" "bytea",
	CONSTRAINT "deposits_log_name_pk" PRIMARY KEY("log","name")
);
--> statement-breakpoint
ALTER TABLE "deposits" ALTER COLUMN "blob" SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE INDEX "deposits_due" ON "deposits" USING btree ("due") WHERE "due" is not null;
--> statement-breakpoint
-- Nothing is left of what is over but that it was. The caller holds the log's row.
CREATE FUNCTION end_deposits(p_log bytea, p_names bytea[], p_today int) RETURNS void LANGUAGE sql AS $$
  WITH ended AS (
    SELECT d.name, octet_length(d.blob) AS size FROM deposits d WHERE d.log = p_log AND d.name = ANY (p_names) AND d.due IS NOT NULL
  ), counted AS (
    UPDATE logs l SET held = held - (SELECT count(*) FROM ended)::int, held_bytes = held_bytes - (SELECT coalesce(sum(size), 0) FROM ended)::int
    WHERE l.id = p_log
  )
  UPDATE deposits d SET due = NULL, wait = NULL, life = NULL, needed = NULL, writer = NULL, shown = NULL, hashes = NULL, wsig = NULL,
    blob = NULL, day = p_today
  FROM ended WHERE d.log = p_log AND d.name = ended.name;
$$;
--> statement-breakpoint
-- Takes an entry that waits: 'made', also where it was before; 'none', 'full', or 'slow' where too many wait, were made lately, or have no room.
-- Whatever is done about the deposits of a log is done under the lock of its row. The log lives on as after an append.
CREATE FUNCTION make_deposit(
  p_today int, p_now bigint, p_empty_days int, p_largest int, p_cap_entries int[], p_cap_bytes int[], p_most int, p_most_made int,
  p_log bytea, p_name bytea, p_place int, p_life int, p_wait int, p_needed int, p_hashes bytea, p_writer int, p_wsig bytea, p_blob bytea
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE l record; cap int; waiting int; made int;
BEGIN
  SELECT * INTO l FROM logs WHERE id = p_log FOR UPDATE;
  IF NOT FOUND OR p_today > last_day_of(l.policy, l.head, l.last_day, p_empty_days) THEN
    RETURN 'none';
  END IF;
  IF EXISTS (SELECT FROM deposits d WHERE d.log = p_log AND d.name = p_name) THEN
    RETURN 'made';
  END IF;
  cap := get_byte(l.policy, 2) + 1;
  IF l.head >= p_cap_entries[cap] OR l.bytes + p_largest > p_cap_bytes[cap] THEN
    RETURN 'full';
  END IF;
  SELECT count(d.due), count(*) INTO waiting, made FROM deposits d WHERE d.log = p_log AND d.place = p_place;
  IF waiting >= p_most OR made >= p_most_made OR l.head + l.held + 1 > p_cap_entries[cap]
    OR l.bytes + l.held_bytes + octet_length(p_blob) + p_largest > p_cap_bytes[cap] THEN
    RETURN 'slow';
  END IF;
  INSERT INTO deposits (due, wait, day, life, needed, place, writer, log, name, shown, hashes, wsig, blob)
    VALUES (p_now + p_wait, p_wait, p_today, p_life, p_needed, p_place, p_writer, p_log, p_name, '{}', p_hashes, p_wsig, p_blob);
  UPDATE logs SET held = held + 1, held_bytes = held_bytes + octet_length(p_blob), last_day = p_today WHERE id = p_log;
  RETURN 'made';
END $$;
--> statement-breakpoint
-- Counts a token, by its hash, once. False where nothing of that name waits, or the hash is not one of its.
CREATE FUNCTION cancel_deposit(p_today int, p_log bytea, p_name bytea, p_hash bytea) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE d record; nth smallint;
BEGIN
  PERFORM FROM logs WHERE id = p_log FOR UPDATE;
  SELECT needed, shown, hashes INTO d FROM deposits WHERE log = p_log AND name = p_name AND due IS NOT NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  SELECT min(i) INTO nth FROM generate_series(0, octet_length(d.hashes) / 32 - 1) i WHERE substr(d.hashes, 32 * i + 1, 32) = p_hash;
  IF nth IS NULL THEN
    RETURN false;
  END IF;
  IF nth = ANY (d.shown) THEN
    RETURN true;
  END IF;
  IF cardinality(d.shown) + 1 >= d.needed THEN
    PERFORM end_deposits(p_log, ARRAY[p_name], p_today);
  ELSE
    UPDATE deposits SET shown = shown || nth WHERE log = p_log AND name = p_name;
  END IF;
  RETURN true;
END $$;
--> statement-breakpoint
-- Appends what is due, or all that waits in one log; the answer has the ids of the logs that grew, back to back. Logs in ascending order of id, as
-- append_batch locks them, and tables of days before any row. A log that died by a date which the clock has not proved gets its entries on the
-- last day that it has.
CREATE FUNCTION release_deposits(
  p_today int, p_now bigint, p_only bytea, p_empty_days int, p_largest int, p_cap_entries int[], p_cap_bytes int[], p_limit int
) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE ids bytea[]; l record; d record; settled int; day int; cap int; v_head int; v_chain bytea; v_bytes int8; v_hash bytea; names bytea[];
  grown bytea := '';
BEGIN
  SELECT array_agg(DISTINCT f.log) INTO ids FROM (
    SELECT w.log FROM deposits w WHERE w.due IS NOT NULL AND (w.due <= p_now OR w.log = p_only) ORDER BY w.due LIMIT p_limit
  ) f;
  IF ids IS NULL THEN
    RETURN grown;
  END IF;
  SELECT r.settled_day INTO settled FROM relay r;
  FOR d IN SELECT DISTINCT b + w.life AS day FROM deposits w, unnest(ARRAY[p_today, least(p_today, settled + 1)]) b
    WHERE w.log = ANY (ids) AND w.due IS NOT NULL ORDER BY 1
  LOOP
    PERFORM make_day(d.day);
  END LOOP;
  FOR l IN SELECT * FROM logs WHERE id = ANY (ids) ORDER BY id FOR UPDATE LOOP
    day := p_today;
    IF p_today > last_day_of(l.policy, l.head, l.last_day, p_empty_days) THEN
      day := least(p_today, settled + 1);
    END IF;
    names := '{}'; v_head := l.head; v_chain := l.chain; v_bytes := l.bytes; cap := get_byte(l.policy, 2) + 1;
    FOR d IN SELECT * FROM deposits w WHERE w.log = l.id AND w.due IS NOT NULL AND (w.due <= p_now OR w.log = p_only) ORDER BY w.due, w.name LOOP
      names := names || d.name;
      CONTINUE WHEN day > last_day_of(l.policy, l.head, l.last_day, p_empty_days)
        OR v_head >= p_cap_entries[cap] OR v_bytes + p_largest > p_cap_bytes[cap];
      v_hash := sha256(d.blob);
      v_head := v_head + 1;
      v_chain := sha256(v_chain || int4send(v_head) || v_hash);
      v_bytes := v_bytes + octet_length(d.blob);
      INSERT INTO entries (seq, expiry_day, bytes, writer, log, hash, wsig)
        VALUES (v_head, day + d.life, octet_length(d.blob), d.writer, l.id, v_hash, d.wsig);
      EXECUTE format('INSERT INTO blobs_%s (seq, log, blob) VALUES ($1, $2, $3)', day + d.life) USING v_head, l.id, d.blob;
      IF day > settled + 1 THEN
        INSERT INTO ahead (log, seq, life) VALUES (l.id, v_head, d.life);
      END IF;
    END LOOP;
    CONTINUE WHEN cardinality(names) = 0;
    PERFORM end_deposits(l.id, names, p_today);
    IF v_head > l.head THEN
      UPDATE logs SET head = v_head, chain = v_chain, bytes = v_bytes, last_day = greatest(last_day, day) WHERE id = l.id;
      grown := grown || l.id;
    END IF;
  END LOOP;
  RETURN grown;
END $$;
--> statement-breakpoint
-- Appends leave room for what waits: status 4 (held) where one would not. Everything else as before.
CREATE OR REPLACE FUNCTION append_batch(
  p_today int, p_empty_days int, p_largest int, p_cap_entries int[], p_cap_bytes int[],
  p_ids text, p_counts int[], p_ats int[], p_lengths int[], p_expiry_days int[], p_if_heads int[], p_writers int[],
  p_wsigs text, p_blobs text
) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
  n int := cardinality(p_lengths); g int := 0; k int := 0; cap int; log_full boolean; r record; day int; settled int;
  packed bytea := decode(p_ids, 'base64'); blobs bytea := decode(p_blobs, 'base64'); wsigs bytea := decode(p_wsigs, 'base64');
  ids bytea[]; v_head int; v_chain bytea; v_bytes int8; v_hash bytea;
  no bytea := '\x00'; yes bytea := '\x01'; conflict bytea := '\x02'; is_full bytea := '\x03'; held bytea := '\x04'; is_held boolean; nowhere bytea := decode(repeat('00', 33), 'hex');
  seqs int[] := array_fill(0, ARRAY[n]); log_of bytea[] := array_fill(NULL::bytea, ARRAY[n]); hashes bytea[] := log_of;
  answers bytea[] := array_fill('\x01'::bytea || decode(repeat('00', 37), 'hex'), ARRAY[n]);
  heads int[] := '{}'; chains bytea[] := '{}'; sums int8[] := '{}'; grown bytea[] := '{}';
BEGIN
  FOR day IN SELECT DISTINCT d FROM unnest(p_expiry_days) d ORDER BY d LOOP
    PERFORM make_day(day);
  END LOOP;
  SELECT array_agg(substr(packed, 24 * i - 23, 24) ORDER BY i) INTO ids FROM generate_series(1, cardinality(p_counts)) i;
  FOR r IN
    SELECT l.id, l.policy, l.head, l.chain, l.bytes, last_day_of(l.policy, l.head, l.last_day, p_empty_days) AS last_day, l.held, l.held_bytes
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
    is_held := false;
    FOR j IN 1 .. p_counts[g] LOOP
      k := k + 1;
      is_held := is_held OR (r.held > 0 AND (v_head + 1 + r.held > p_cap_entries[cap]
        OR v_bytes + p_lengths[k] + r.held_bytes + p_largest > p_cap_bytes[cap]));
      IF is_held THEN
        answers[k] := held || int4send(v_head) || nowhere;
      ELSIF log_full THEN
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
CREATE OR REPLACE FUNCTION create_log(p_id bytea, p_policy bytea, p_chain bytea, p_today int, p_empty_days int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE last_day int;
BEGIN
  SELECT last_day_of(l.policy, l.head, l.last_day, p_empty_days) INTO last_day FROM logs l WHERE l.id = p_id FOR UPDATE;
  IF p_today > last_day THEN
    IF (SELECT r.settled_day FROM relay r) <= last_day THEN
      RETURN false;
    END IF;
    DELETE FROM entries e WHERE e.log = p_id;
    DELETE FROM deposits d WHERE d.log = p_id;
    DELETE FROM logs l WHERE l.id = p_id;
  END IF;
  INSERT INTO logs (id, policy, head, chain, bytes, last_day) VALUES (p_id, p_policy, 0, p_chain, 0, p_today)
    ON CONFLICT DO NOTHING;
  RETURN true;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION drop_dead(p_today int, p_empty_days int, p_logs int, p_rows int) RETURNS boolean
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
    DELETE FROM deposits WHERE log = ANY (dead);
    DELETE FROM logs WHERE id = ANY (dead);
  END IF;
  RETURN true;
END $$;
