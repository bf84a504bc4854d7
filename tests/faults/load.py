"""How much is due in the fault tests, and the seed of what is killed when."""

SEED, REMINDERS, ROUTINGS, LATE, PEOPLE, BATCH = 20261121, 400, 300, 100, 20, 20
