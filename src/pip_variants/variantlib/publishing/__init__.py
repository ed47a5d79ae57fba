"""What publishers need: variant wheels made, checked, and put on an index."""
