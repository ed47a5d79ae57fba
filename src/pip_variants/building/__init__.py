"""A matrix of variant wheels, built with the project's own build backend."""
