"""The embedded demo: tiny wheels, an index on this machine, and a tour of real pip.

The same builders serve the tests. Nothing here reaches the network::

    wheels, plugins -> packages -> pages, messages -> server
                                             environment -> tour
"""
