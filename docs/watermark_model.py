#!/usr/bin/env python3
"""The rules of ledger.md in miniature, against a model of the stock daemon.

    python3 watermark_model.py                      every fault alone, then all together
    python3 watermark_model.py --faults all --runs 300 --rules design

Rules compared: `upstream` answers the newest stored day; `closed` answers the newest closed day of the envelope;
`design` is ledger.md. Days are integers, time is in ticks. Lost = units on the device that the server lacks;
doubled = units on the server that the device lacks. It is a model: no SQL, no HTTP, rollups only.
"""
import argparse
import collections
import copy
import random

TICKS = 24           # ticks a day (a real daemon has 288)
CHUNK = 30           # rows after which a chunk closes at the next day boundary (really 500)
SETTLE = 4           # flips of one day within a day's time that mean two machines share the device id
GIVE_UP = 10         # passes that began elsewhere after which a rewind is dropped
ALL_FAULTS = "offline fail lost reorder dup reset late shrink rekey skew import".split()
MORE_FAULTS = ["restore", "move", "twin"]      # server back at an old backup; an empty new server; two machines with one device id


class Daemon:
    """What the stock daemon does."""

    def __init__(self):
        self.watermark, self.skew, self.offline_until = None, 0, -1
        self.days = collections.defaultdict(dict)          # day -> key -> units

    def today(self, t):
        return int((t + self.skew) // TICKS)

    def record(self, rng, t):
        day = self.days[self.today(t)]
        for _ in range(rng.randrange(1, 4)):
            key = f"k{rng.randrange(8)}"
            day[key] = day.get(key, 0) + rng.randrange(1, 5)

    def chunks(self, t):
        today, out, chunk = self.today(t), [], {}
        for day in sorted(self.days):
            if not self.days[day] or not (self.watermark is None or day > self.watermark or day == today):
                continue
            if sum(map(len, chunk.values())) >= CHUNK:
                out.append(chunk)
                chunk = {}
            chunk[day] = dict(self.days[day])
        return out + [chunk] if chunk else out


class Server:
    def __init__(self, rule, grace, look_back):
        self.rule, self.grace, self.look_back = rule, grace, look_back
        self.rows, self.live = {}, collections.defaultdict(set)     # (day, key) -> units; day -> live keys
        self.ledger, self.device = {}, None
        self.rows_in = self.rows_written = self.given_up = 0

    def post(self, now, synced_at, days):
        self.rows_in += sum(map(len, days.values()))
        newest = max(days)
        if self.rule == "upstream":
            for day, keys in days.items():
                self.rows.update({(day, k): u for k, u in keys.items()})
            return max(day for day, _ in self.rows)

        open_day = int(min(synced_at, now) // TICKS)
        base, today = min(newest, open_day - 1 - self.grace), int(now // TICKS)
        first_contact = self.device is None
        d = self.device = self.device or dict(
            confirmed=None, after=None, rewind=None, held=min(days) - 1, unheeded=0, epoch=0, newest=synced_at, off=synced_at - now, left=None, kept=True,
            late_by=None, late_at=None,
            full_look_on=today + 1, look_on=today + 1)
        repeated = not first_contact and synced_at == d["newest"]
        late = self.is_late(d, now, synced_at)
        pending, held = d["rewind"], d["held"] if d["rewind"] is not None or d["after"] is None else d["after"]
        if self.rule == "design" and not late and not repeated:
            self.arrive(d, today, min(days))
        if self.rule == "design" and first_contact and min(days) >= open_day - 7:
            d["rewind"] = -10**6                                                         # knows us from another server
        asked = self.store(d, now, synced_at, days, base, late)
        if self.rule == "closed":
            return base

        confirmed = base if d["confirmed"] is None else max(d["confirmed"], base)
        for day in asked:
            if day <= confirmed:                                                         # later ones come again anyway
                d["rewind"] = day if d["rewind"] is None else min(d["rewind"], day)
        if self.look_back and not late and d["rewind"] is None and today >= d["look_on"] and newest >= open_day - 1:
            d["rewind"], d["look_on"] = today - self.look_back, today + 1
            if today >= d["full_look_on"]:
                d["rewind"], d["full_look_on"] = -10**6, today + 7
        if d["rewind"] is not None:                                                        # what the daemon held when it was first told
            d["held"] = held if pending is None or d["kept"] else pending - 1
        answer = base if d["rewind"] is None else min(base, d["rewind"] - 1)
        if not late:                                                                     # a late one tells nothing of where its daemon is
            d["confirmed"], d["after"] = confirmed, answer if d["rewind"] is None else newest
        return answer

    def arrive(self, d, today, begins):
        """Does the envelope go on where the last one ended, or has the daemon begun anew?"""
        d["kept"] = True
        if d["after"] is None or begins > d["after"]:
            return
        if d["rewind"] is None:
            d["full_look_on"] = min(d["full_look_on"], today + 1)                        # reset, or our answer was lost
        elif begins <= max(d["rewind"], d["held"]):
            d["rewind"], d["unheeded"], d["kept"] = None, 0, False                       # obeyed
        elif d["unheeded"] + 1 >= GIVE_UP:
            d["rewind"], d["unheeded"] = None, 0
            self.given_up += 1
        else:
            d["unheeded"] += 1

    @staticmethod
    def is_late(d, now, synced_at):
        """Older than the newest stamp: late on the way, or the clock was set back (two in a row, off by the same)."""
        off, ahead = synced_at - now, synced_at >= d["newest"]
        of_epoch_before = d["left"] is not None and synced_at <= d["left"] and off - d["off"] > 0.2
        again = d["late_by"] is not None and abs(off - d["late_by"]) < 0.2 and synced_at > d["late_at"]
        if (ahead and not of_epoch_before) or again:
            if not ahead:
                d["epoch"], d["left"] = d["epoch"] + 1, d["newest"]
            d["newest"], d["off"], d["late_by"] = synced_at, off, None
            return False
        d["late_by"], d["late_at"] = off, synced_at
        return True

    def store(self, d, now, synced_at, days, base, late):
        """Newest snapshot of each day wins. Returns the days that have to come again. The ledger's digest is of all live rows."""
        order, asked = (d["epoch"], synced_at), []
        for day, keys in days.items():
            digest, old = tuple(sorted(keys.items())), self.ledger.get(day)
            if old and old["digest"] == digest:
                continue
            recent = old and now - max(old["changed_at"], old["flipped_at"]) <= TICKS
            flips, flipped_at = (old["flips"] if recent else 0, old["flipped_at"]) if old else (0, -10**9)
            if old and (late or order < old["order"]):
                if day <= base:
                    old["flips"], old["flipped_at"] = flips + 1, now                     # two clocks under one id never agree
                    if old["flips"] < SETTLE:
                        asked.append(day)
                continue
            if recent and old["before"] == digest:
                flips, flipped_at = flips + 1, now
            elif flips >= SETTLE:
                flipped_at = now
            shared = flips >= SETTLE and now - flipped_at <= TICKS
            live = {k: self.rows[(day, k)] for k in self.live[day]}
            after = keys if self.rule == "design" and not shared else {**live, **keys}
            if after == live:
                continue
            if old and day <= base and not shared:
                asked.append(day)
                if sum(after.values()) < sum(live.values()):
                    d["full_look_on"] = min(d["full_look_on"], int(now // TICKS) + 1)
            self.rows_written += sum(1 for k, u in keys.items() if live.get(k) != u)
            self.rows.update({(day, k): u for k, u in keys.items()})
            self.live[day] |= set(keys)
            self.retire(day, after)
            self.ledger[day] = dict(digest=tuple(sorted(after.items())), order=order, before=old and old["digest"],
                                    flips=flips, flipped_at=flipped_at, changed_at=now)
        return asked

    def retire(self, day, keys):
        for key in self.live[day] - set(keys):
            self.rows.pop((day, key), None)
        self.live[day] = set(keys)


def simulate(seed, rule, grace, look_back, faults, days=40, quiet=9):
    rng, on = random.Random(seed), faults.__contains__
    server, daemon = Server(rule, grace, look_back), Daemon()
    twin = Daemon() if on("twin") else None
    for day in range(-60, 0):
        for k in rng.sample(range(8), rng.randrange(1, 5)):
            daemon.days[day][f"k{k}"] = rng.randrange(1, 20)
    held_back, importing, pause, backup = [], None, 0, None

    def touch(probability, ages, change):
        if rng.random() < probability:
            day = daemon.days.get(daemon.today(t) - rng.choice(ages))
            if day:
                change(day, rng.choice(list(day)))

    def rekey(day, key):
        day[key + "t"] = day.get(key + "t", 0) + day.pop(key)

    for t in range((days + quiet) * TICKS):
        noisy = t < days * TICKS
        if rng.random() < 0.5:
            daemon.record(rng, t)
        if noisy:
            if on("late"): touch(.03, [1, 2, 3, 5, 10, 25, 50], lambda d, k: d.update({k: d[k] + rng.randrange(1, 5)}))
            if on("shrink"): touch(.01, [1, 3, 10, 25], lambda d, k: d.update({k: max(0, d[k] - 2)}))
            if on("rekey"): touch(.02, [0, 1, 3, 10, 25], rekey)
            if on("offline") and rng.random() < .02: daemon.offline_until = t + rng.randrange(1, 60)
            if on("skew") and rng.random() < .004: daemon.skew = rng.choice([0, 0, 2 * TICKS, -2 * TICKS, 5, -5])
            if on("reset") and rng.random() < .005: daemon.watermark = None
            if on("import") and importing is None and rng.random() < .004:
                importing = [(d, k, u) for d, keys in daemon.days.items() for k, u in keys.items()]
                rng.shuffle(importing) if rng.random() < .5 else importing.sort()
                daemon.days.clear()
                daemon.watermark, pause = None, 0
        else:
            daemon.skew = 0
        if importing is not None:
            if pause:
                pause -= 1
            else:
                n = max(1, len(importing) // rng.randrange(1, 5))
                for d, k, u in importing[:n]:
                    daemon.days[d][k] = daemon.days[d].get(k, 0) + u
                importing = importing[n:] or None
                if importing and rng.random() < .4:
                    pause = rng.randrange(1, 6)
        if on("restore") and t == 10 * TICKS: backup = copy.deepcopy(server)
        if on("restore") and t == 25 * TICKS: server = backup
        if on("move") and t == 25 * TICKS: server = Server(rule, grace, look_back)
        if noisy and t < daemon.offline_until:
            continue
        for item in [x for x in held_back if x[0] <= t]:
            server.post(t, item[1], item[2])
            held_back.remove(item)
        for other in filter(None, [twin]):
            other.record(rng, t)
            for i, chunk in enumerate(other.chunks(t)):
                other.watermark = server.post(t + .5 + i * 1e-3, t + .5 + i * 1e-3, chunk)
        for i, chunk in enumerate(daemon.chunks(t)):
            now, synced_at, dice = t + i * 1e-3, t + daemon.skew + i * 1e-3, rng.random()
            if noisy and on("fail") and dice < .10:
                break                                            # never arrived
            if noisy and on("lost") and dice < .18:
                server.post(now, synced_at, chunk)               # arrived, the answer did not
                break
            if noisy and on("reorder") and dice < .24:
                held_back.append((t + rng.randrange(1, 40), synced_at, chunk))
                break
            daemon.watermark = server.post(now, synced_at, chunk)
            if noisy and on("dup") and dice > .95:
                server.post(now, synced_at, chunk)
    here = {(d, k): u for d, keys in daemon.days.items() for k, u in keys.items()}
    return dict(
        units=sum(here.values()),
        lost=sum(max(0, u - server.rows.get(at, 0)) for at, u in here.items()),
        doubled=sum(max(0, u - here.get(at, 0)) for at, u in server.rows.items()),
        rows_in=server.rows_in, written=server.rows_written, given_up=server.given_up)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--runs", type=int, default=20)
    args.add_argument("--rules", default="upstream,closed,design")
    args.add_argument("--faults", help="all, or names: " + ", ".join(ALL_FAULTS + MORE_FAULTS))
    args.add_argument("--grace", type=int, default=2)
    args.add_argument("--look-back", type=int, default=35)
    a = args.parse_args()
    sets = [[f] for f in ALL_FAULTS + MORE_FAULTS] + [ALL_FAULTS]
    if a.faults:
        sets = [ALL_FAULTS if a.faults == "all" else a.faults.split(",")]
    print(f"{'faults':12} {'rule':9} {'bad runs':>9} {'lost':>8} {'doubled':>8} {'of units':>9} {'rows in':>9} {'written':>8} {'given up':>8}")
    for faults in sets:
        for rule in a.rules.split(","):
            runs = [simulate(seed, rule, a.grace, a.look_back, faults) for seed in range(a.runs)]
            total = collections.Counter()
            for r in runs:
                total.update(r)
            bad = sum(1 for r in runs if r["lost"] or r["doubled"])
            name = "all" if faults == ALL_FAULTS else "+".join(faults)
            print(f"{name:12} {rule:9} {bad:5}/{a.runs:<3} {total['lost']:8} {total['doubled']:8} {total['units']:9}"
                  f" {total['rows_in']:9} {total['written']:8} {total['given_up']:8}")


if __name__ == "__main__":
    main()
