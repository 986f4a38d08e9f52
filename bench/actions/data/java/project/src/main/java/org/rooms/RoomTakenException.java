package org.rooms;

/** Somebody has the room already. */
public final class RoomTakenException extends Exception {
	private static final long serialVersionUID = 1L;

	public RoomTakenException(String room, Slot slot) {
		super(room + " is taken at " + slot);
	}
}
