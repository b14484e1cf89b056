"""From hand to hand: handoffs, handovers, questions, and who is away."""
