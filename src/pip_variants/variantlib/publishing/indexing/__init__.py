"""The parts of an index: what lies in the folder, what is known of it, what is written."""
