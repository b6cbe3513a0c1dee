-- A decided replay waits here for its turn in the order of ticks: a server that crashes in between must not empty it.
ALTER TABLE replay_stage SET LOGGED;
