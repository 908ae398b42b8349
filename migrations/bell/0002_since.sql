-- The day on which an id was first registered: whoever registers thousands in a day is rung after all who were there before.
ALTER TABLE "bells" ADD COLUMN "since" integer;
--> statement-breakpoint
UPDATE "bells" SET "since" = "day";
--> statement-breakpoint
ALTER TABLE "bells" ALTER COLUMN "since" SET NOT NULL;
