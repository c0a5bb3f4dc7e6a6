-- Unchanged records are found by what is stored of them.
DROP TABLE "known_record", "feed_writer";
