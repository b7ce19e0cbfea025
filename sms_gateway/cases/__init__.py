"""Cases: what a person asked of people, who has it, and by when it is answered."""
