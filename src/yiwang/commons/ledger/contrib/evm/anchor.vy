# pragma version 0.4.3
# pragma evm-version london
"""
@title Heads of verifiable logs, each written once
@license Apache-2.0
"""

struct Head:
    root: bytes32
    time: uint256

event Anchored:
    author: indexed(address)
    log_id: indexed(bytes32)
    size: indexed(uint256)
    root: bytes32

heads: HashMap[address, HashMap[bytes32, HashMap[uint256, Head]]]


@external
def anchor(log_id: bytes32, size: uint256, root: bytes32):
    """
    @notice Write the root of a log's first `size` entries under the sender's name. The same again changes nothing.
    """
    assert root != empty(bytes32), "no root"
    known: bytes32 = self.heads[msg.sender][log_id][size].root
    if known == root:
        return
    assert known == empty(bytes32), "another root stands here"
    self.heads[msg.sender][log_id][size] = Head(root=root, time=block.timestamp)
    log Anchored(author=msg.sender, log_id=log_id, size=size, root=root)


@external
@view
def anchored(author: address, log_id: bytes32, size: uint256) -> (bytes32, uint256):
    """
    @notice The root that `author` wrote and when (POSIX seconds); zeroes where there is none.
    """
    head: Head = self.heads[author][log_id][size]
    return head.root, head.time
