"""OR-tools on one instance, for comparison: python ortools_beside.py INSTANCE_FOLDER

Reads inst.npz as the generator writes it, builds the flow, solves it with the mode of SimpleMinCostFlow that was
quicker (largest flow of least cost), and prints: matched, net fit, processor seconds of solving. Building is not timed.
With second seats only the other mode applies: one flow with arcs past the mentors.
"""
import sys
import time

import numpy as np
from ortools.graph.python import min_cost_flow


def main(folder):
    with np.load(f"{folder}/inst.npz") as file:
        demand, cap, load, row, col, fit = (file[name] for name in ("demand", "cap", "load", "row", "col", "w"))
    mentees, mentors = len(demand), len(cap)
    of = np.repeat(np.arange(mentees), np.diff(row))
    own = np.repeat(np.arange(mentors), cap)
    place = np.arange(len(own)) - np.repeat(np.cumsum(cap) - cap, cap)

    flow = min_cost_flow.SimpleMinCostFlow()
    edges = flow.add_arcs_with_capacity_and_unit_cost(
        of, mentees + col.astype(np.int64), np.ones(len(col), np.int64), -fit.astype(np.int64))
    end = mentees + mentors
    flow.add_arcs_with_capacity_and_unit_cost(
        mentees + own, np.full(len(own), end), np.ones(len(own), np.int64), load[own, place].astype(np.int64))
    has_second = bool((demand == 2).any())
    if has_second:
        without = int(min(demand.sum(), cap.sum()) + 1) * int(fit.max() + load.max() + 1)
        two = np.flatnonzero(demand == 2)
        flow.add_arcs_with_capacity_and_unit_cost(
            np.arange(mentees), np.full(mentees, end), np.ones(mentees, np.int64), np.full(mentees, without))
        flow.add_arcs_with_capacity_and_unit_cost(
            two, np.full(len(two), end), np.ones(len(two), np.int64), np.zeros(len(two), np.int64))
    flow.set_nodes_supplies(
        np.arange(end + 1), np.concatenate([demand, np.zeros(mentors, np.int64), [-demand.sum()]]))

    before = time.process_time()
    status = flow.solve() if has_second else flow.solve_max_flow_with_min_cost()
    taken = time.process_time() - before
    if status != flow.OPTIMAL:
        sys.exit(f"OR-tools ended with {status}")

    used = np.flatnonzero(flow.flows(edges))
    taken_by = np.bincount(col[used], minlength=mentors)
    loads = np.concatenate([np.zeros((mentors, 1), np.int64), np.cumsum(load.astype(np.int64), 1)], 1)
    net = int(fit[used].astype(np.int64).sum() - loads[np.arange(mentors), taken_by].sum())
    print(len(np.unique(of[used])), net, f"{taken:.4f}")


main(sys.argv[1])
