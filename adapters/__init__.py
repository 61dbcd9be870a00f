"""Everything that touches the world: database, network, files, terminal."""
