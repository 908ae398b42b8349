-- A share for each writer key of a log whose entries name their writer (SPEC L9): nothing is counted beside the entries and what waits, so that there is
-- nothing to get out of step. Other logs have no row in this index and pay nothing.
CREATE INDEX "entries_writer" ON "entries" USING btree ("log", "writer") WHERE "writer" is not null;
--> statement-breakpoint
-- What one writer key may still add to a log: without end where writers have no shares. A policy is version, ttl, cap, wake, flags, keys. The caller holds
-- the log's row, and asks in a statement of its own, so that it sees what was committed before.
CREATE FUNCTION room_in_share(p_policy bytea, p_log bytea, p_place int, p_largest int, p_cap_entries int, p_cap_bytes int, OUT entries int, OUT bytes int8)
LANGUAGE plpgsql AS $$
DECLARE writers int := get_byte(p_policy, 6 + 32 * get_byte(p_policy, 5));
BEGIN
  entries := p_cap_entries; bytes := p_cap_bytes;
  IF get_byte(p_policy, 4) & 1 = 0 OR writers < 2 THEN
    RETURN;
  END IF;
  SELECT p_cap_entries / writers - count(*), (p_cap_bytes - p_largest) / writers - coalesce(sum(u.size), 0) INTO entries, bytes FROM (
    SELECT e.bytes AS size FROM entries e WHERE e.log = p_log AND e.writer = p_place
    UNION ALL
    SELECT octet_length(d.blob) FROM deposits d WHERE d.log = p_log AND d.place = p_place AND d.due IS NOT NULL
  ) u;
END $$;
--> statement-breakpoint
-- As before, and no writer key goes beyond its share: waiting entries count, so that there is room for all of them when their time is over.
CREATE OR REPLACE FUNCTION make_deposit(
  p_today int, p_now bigint, p_empty_days int, p_largest int, p_cap_entries int[], p_cap_bytes int[], p_most int, p_most_made int,
  p_log bytea, p_name bytea, p_place int, p_life int, p_wait int, p_needed int, p_hashes bytea, p_writer int, p_wsig bytea, p_blob bytea
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE l record; cap int; waiting int; made int; room record;
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
  SELECT * INTO room FROM room_in_share(l.policy, p_log, p_place, p_largest, p_cap_entries[cap], p_cap_bytes[cap]);
  IF room.entries < 1 OR room.bytes < octet_length(p_blob) THEN
    RETURN 'full';
  END IF;
  INSERT INTO deposits (due, wait, day, life, needed, place, writer, log, name, shown, hashes, wsig, blob)
    VALUES (p_now + p_wait, p_wait, p_today, p_life, p_needed, p_place, p_writer, p_log, p_name, '{}', p_hashes, p_wsig, p_blob);
  UPDATE logs SET held = held + 1, held_bytes = held_bytes + octet_length(p_blob), last_day = p_today WHERE id = p_log;
  RETURN 'made';
END $$;
--> statement-breakpoint
-- As before, and what goes beyond its writer's share is full (3), without making room of anything that waits.
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
  w int; room record; room_entries int[]; room_bytes int8[]; is_spent boolean;
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
    is_held := false; room_entries := '{}'; room_bytes := '{}';
    FOR j IN 1 .. p_counts[g] LOOP
      k := k + 1;
      is_spent := false;
      IF p_writers[k] >= 0 THEN
        w := p_writers[k] + 1;
        IF room_entries[w] IS NULL THEN
          SELECT * INTO room FROM room_in_share(r.policy, r.id, p_writers[k], p_largest, p_cap_entries[cap], p_cap_bytes[cap]);
          room_entries[w] := room.entries; room_bytes[w] := room.bytes;
        END IF;
        is_spent := room_entries[w] < 1 OR room_bytes[w] < p_lengths[k];
      END IF;
      is_held := is_held OR (r.held > 0 AND NOT is_spent AND (v_head + 1 + r.held > p_cap_entries[cap]
        OR v_bytes + p_lengths[k] + r.held_bytes + p_largest > p_cap_bytes[cap]));
      IF is_spent THEN
        answers[k] := is_full || int4send(v_head) || nowhere;
      ELSIF is_held THEN
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
        IF p_writers[k] >= 0 THEN
          room_entries[w] := room_entries[w] - 1; room_bytes[w] := room_bytes[w] - p_lengths[k];
        END IF;
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
