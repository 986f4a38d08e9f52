package org.rooms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All rooms of a house. */
public final class House {
	private final Map<String, Room> rooms = new LinkedHashMap<>();

	public void add(Room room) {
		if (rooms.putIfAbsent(room.name(), room) != null) {
			throw new IllegalArgumentException(room.name() + " is there already");
		}
	}

	public Optional<Room> room(String name) {
		return Optional.ofNullable(rooms.get(name));
	}

	/** Returns the smallest room that is free and has enough seats. */
	public Optional<Room> find(Slot slot, int people) {
		return rooms.values().stream()
				.filter(room -> room.seats() >= people && room.isFree(slot))
				.min(Comparator.comparingInt(Room::seats));
	}

	/** Books a fitting room and returns its name, nothing if there is none. */
	public Optional<String> book(Slot slot, int people, String who) {
		Optional<Room> found = find(slot, people);
		if (found.isEmpty()) {
			return Optional.empty();
		}
		try {
			found.get().book(slot, who);
		} catch (RoomTakenException error) {
			return Optional.empty();
		}
		return Optional.of(found.get().name());
	}

	/**
	 * Returns how long each person has rooms, all bookings together.
	 */
	public Map<String, Duration> hours() {
		Map<String, Duration> hours = new LinkedHashMap<>();
		for (Room room : rooms.values()) {
			room.bookings().forEach((slot, who) -> hours.merge(who, slot.length(), Duration::plus));
		}
		return hours;
	}

	/** Returns the names of the rooms that nobody has at any time. */
	public List<String> unused() {
		List<String> names = new ArrayList<>();
		for (Room room : rooms.values()) {
			if (room.bookings().isEmpty()) {
				names.add(room.name());
			}
		}
		return names;
	}
}
