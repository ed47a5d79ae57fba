"""The versions of other packages beside a wheel, and which labels fit them."""
