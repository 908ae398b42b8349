-- Days and appends. Every append of a batch is decided, numbered and chained here, under the lock of its log's row.
-- SPEC L6: the last day on which a log exists. A policy is version, ttl, cap, wake, flags, keys.
CREATE FUNCTION last_day_of(p_policy bytea, p_head int, p_last_day int, p_empty_days int) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT p_last_day + CASE WHEN p_head = 0 THEN p_empty_days ELSE get_byte(p_policy, 1) END
$$;
--> statement-breakpoint
-- One call writes up to 256 appends. Ids are distinct and in ascending order, so that two callers lock rows in one order;
-- p_counts says how many of the appends belong to each. An absent if_head or writer is -1. The answer has 38 bytes for
-- each append: status (0 appended, 1 none, 2 conflict, 3 full), head, chain, full.
CREATE FUNCTION append_batch(
  p_today int, p_empty_days int, p_largest int, p_cap_entries int[], p_cap_bytes int[],
  p_ids bytea, p_counts int[],
  p_lengths int[], p_expiry_days int[], p_if_heads int[], p_writers int[], p_wsigs bytea, p_blobs bytea
) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
  res bytea := ''; k int := 0; blob_at int := 1; cap int; dead boolean; log_full boolean; status int; blob bytea;
  v_id bytea; v_policy bytea; v_head int; v_chain bytea; v_bytes int8; v_last_day int; v_first int;
BEGIN
  FOR i IN 1 .. cardinality(p_counts) LOOP
    v_id := substr(p_ids, 24 * i - 23, 24);
    SELECT l.policy, l.head, l.chain, l.bytes, l.last_day INTO v_policy, v_head, v_chain, v_bytes, v_last_day
      FROM logs l WHERE l.id = v_id FOR UPDATE;
    dead := NOT FOUND OR p_today > last_day_of(v_policy, v_head, v_last_day, p_empty_days);
    v_first := v_head;
    IF dead THEN
      v_head := 0; v_chain := decode(repeat('00', 32), 'hex'); log_full := false;
    ELSE
      cap := get_byte(v_policy, 2) + 1;
      log_full := v_head >= p_cap_entries[cap] OR v_bytes + p_largest > p_cap_bytes[cap];
    END IF;
    FOR j IN 1 .. p_counts[i] LOOP
      k := k + 1;
      IF dead THEN status := 1;
      ELSIF log_full THEN status := 3;
      ELSIF p_if_heads[k] >= 0 AND p_if_heads[k] <> v_head THEN status := 2;
      ELSE
        status := 0;
        blob := substr(p_blobs, blob_at, p_lengths[k]);
        v_head := v_head + 1;
        v_chain := sha256(v_chain || int4send(v_head) || sha256(blob));
        v_bytes := v_bytes + p_lengths[k];
        log_full := v_head >= p_cap_entries[cap] OR v_bytes + p_largest > p_cap_bytes[cap];
        INSERT INTO entries (log, seq, blob, expiry_day, writer, wsig)
          VALUES (v_id, v_head, blob, p_expiry_days[k], nullif(p_writers[k], -1)::smallint,
            CASE WHEN p_writers[k] >= 0 THEN substr(p_wsigs, 64 * k - 63, 64) END);
      END IF;
      blob_at := blob_at + p_lengths[k];
      res := res || set_byte('\x00'::bytea, 0, status) || int4send(v_head) || v_chain
        || set_byte('\x00'::bytea, 0, log_full::int);
    END LOOP;
    IF NOT dead AND v_head > v_first THEN
      UPDATE logs l SET head = v_head, chain = v_chain, bytes = v_bytes, last_day = p_today WHERE l.id = v_id;
    END IF;
  END LOOP;
  RETURN res;
END $$;
