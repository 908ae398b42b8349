-- The bell's two tables: random ids (as hashes) with push endpoints, and its own keys. No log, no member, no time of day.
CREATE TABLE "bells" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"rung" smallint NOT NULL,
	"endpoint" text NOT NULL,
	"day" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bell" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL CHECK ("only"),
	"secret" "bytea" NOT NULL,
	"vapid" "bytea" NOT NULL
);
