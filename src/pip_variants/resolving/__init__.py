"""pip's resolver, to which labels are alternatives that can need neighbours."""
