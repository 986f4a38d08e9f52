package org.rooms;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A room and who has it when. */
public final class Room {
	private final String name;
	private final int seats;
	private final SortedMap<Slot, String> bookings = new TreeMap<>();

	public Room(String name, int seats) {
		this.name = name;
		this.seats = seats;
	}

	public String name() {
		return name;
	}

	public int seats() {
		return seats;
	}

	public SortedMap<Slot, String> bookings() {
		return Collections.unmodifiableSortedMap(bookings);
	}

	public boolean isFree(Slot slot) {
		for (Slot booked : bookings.keySet()) {
			if (booked.overlaps(slot)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Books the room.
	 *
	 * @throws RoomTakenException if somebody has it for a part of that time
	 */
	public void book(Slot slot, String who) throws RoomTakenException {
		if (!isFree(slot)) {
			throw new RoomTakenException(name, slot);
		}
		bookings.put(slot, who);
	}

	/**
	 * Takes a booking back.
	 *
	 * @return who had booked, nothing if nobody had
	 */
	public Optional<String> cancel(Slot slot) {
		return Optional.ofNullable(bookings.remove(slot));
	}
}
