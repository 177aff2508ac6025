# Single words of tables: heads, names of figures, units. They are asked for by themselves and never looked for in a message,
# where a file may be called so.
word-calls = calls
word-cards = cards
word-ok = ok
word-failed = failed
word-skipped = skipped
word-in-doubt = in doubt
word-elapsed = elapsed
word-billed = billed
word-not-known = not known
word-whether-billed = (whether they are billed)
word-success-rate = success rate
word-latency = latency
word-failed-with = failed with
word-day = day
word-cloud = cloud
word-action = action
word-code = code
word-credential = credential
word-package = package
word-used = used
word-left = left
word-from = from
word-until = until
word-ms = ms
word-s = s
