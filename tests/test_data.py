"""The tracks: their physics, their noise, and that they show what the lessons need."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files

import numpy as np
import pytest

from cnncourse.data import Track, constant_velocity_track, iss_track, spaceship_track
from cnncourse.data.bars import Bar
from cnncourse.data.iss import ELEMENTS_FILE, equator_crossing, iss_elements, iss_states
from cnncourse.data.track import sample_times
from cnncourse.kernels import box
from cnncourse.smoothing import best_window_length, error_summary, smooth

# WGS 84: gravitational parameter (km³/s²), equatorial radius (km).
MU, EARTH_RADIUS = 398_600.4418, 6378.137


def mean_motion():
    """Revolutions a day, as the second line of the elements gives them."""
    return float(iss_elements()[2][52:63])


@pytest.mark.parametrize("line", iss_elements()[1:])
def test_checksum_of_the_elements(line):
    digits = [int(c) if c.isdigit() else int(c == "-") for c in line[:68]]
    assert len(line) == 69
    assert sum(digits) % 10 == int(line[68])


def test_elements_name_their_source_and_epoch():
    text = (files("cnncourse.data") / ELEMENTS_FILE).read_text(encoding="ascii")
    _, line1, line2 = iss_elements()
    assert line1[2:7] == line2[2:7] == "25544"
    epoch = datetime(2000 + int(line1[18:20]), 1, 1, tzinfo=UTC)
    epoch += timedelta(days=float(line1[20:32]) - 1)
    assert f"{epoch:%Y-%m-%d %H:%M:%S} UTC" in text
    assert f"{epoch:%Y-%m-%d %H:%M:%S} UTC" in iss_track().source
    assert "sgp4" in text
    assert ELEMENTS_FILE.startswith("iss_2019-12-09")


def test_height_speed_and_inclination_of_the_station():
    positions, velocities = iss_states(np.arange(0.0, 6000.0, 5.0))
    radius = np.linalg.norm(positions, axis=1)
    speed = np.linalg.norm(velocities, axis=1)
    assert 400 < (radius - EARTH_RADIUS).min() < (radius - EARTH_RADIUS).max() < 430
    # Vis-viva, with the semi-major axis of Kepler's third law; the oblate Earth adds some 0.1 %.
    axis = (MU / (2 * np.pi * mean_motion() / 86_400) ** 2) ** (1 / 3)
    np.testing.assert_allclose(speed, np.sqrt(MU * (2 / radius - 1 / axis)), rtol=2e-3)
    momentum = np.cross(positions, velocities)
    tilt = np.degrees(np.arccos(momentum[:, 2] / np.linalg.norm(momentum, axis=1)))
    np.testing.assert_allclose(tilt, float(iss_elements()[2][8:16]), atol=0.05)


def test_station_falls_freely():
    seconds = np.arange(0.0, 300.0)
    positions, velocities = iss_states(seconds)
    acceleration = (velocities[2:] - velocities[:-2]) / 2
    gravity = -MU * positions / np.linalg.norm(positions, axis=1, keepdims=True) ** 3
    np.testing.assert_allclose(acceleration, gravity[1:-1], atol=3e-5)  # of 8.7e-3 km/s²
    np.testing.assert_allclose((positions[2:] - positions[:-2]) / 2, velocities[1:-1], atol=1e-5)


def test_station_comes_back_after_one_orbit():
    # From crossing to crossing is the nodal period, a few seconds off that of the mean motion.
    first, period = equator_crossing(), 86_400 / mean_motion()
    seconds = first + period + np.arange(-20.0, 20.0)
    z = iss_states(seconds)[0][:, 2]
    assert z[0] < 0 < z[-1]
    assert period / 60 == pytest.approx(92.9, abs=0.1)


def test_iss_track_is_its_path_with_noise():
    track = iss_track()
    positions, velocities = iss_states(equator_crossing() + track.time)
    np.testing.assert_array_equal(track.position, positions[:, 2])
    assert abs(track.position[0]) < 1e-3
    assert velocities[0, 2] == pytest.approx(6.01, abs=0.01)
    assert velocities[-1, 2] == pytest.approx(5.80, abs=0.01)
    np.testing.assert_allclose(np.gradient(track.position)[1:-1], velocities[1:-1, 2], atol=1e-4)


def test_iss_stretches():
    assert iss_track().phases == (("northward", 0.0, 240.0),)
    orbit = iss_track(duration=5600.0)
    assert [name for name, _, _ in orbit.phases] == ["northward", "southward", "northward"]
    for name, begin, end in orbit.phases:
        inside = (orbit.time[1:-1] > begin) & (orbit.time[1:-1] < end)
        rates = np.gradient(orbit.position)[1:-1][inside]
        assert np.all(rates > 0) if name == "northward" else np.all(rates < 0)


def test_far_from_the_epoch_is_an_error():
    with pytest.raises(ValueError, match="near the epoch of the elements"):
        iss_states([3e9])


def test_spaceship_phases():
    track = spaceship_track(dt=0.5)
    velocity = np.gradient(track.position, track.dt)
    acceleration = np.gradient(velocity, track.dt)

    def inside(values, phase):
        return values[track.during(phase, settle=2.0)][:-4]

    np.testing.assert_allclose(inside(track.position, "at rest"), 20.0)
    np.testing.assert_allclose(inside(acceleration, "start-up"), 0.3 / 20, atol=1e-12)
    np.testing.assert_allclose(inside(velocity, "constant velocity"), 0.3)
    np.testing.assert_allclose(inside(acceleration, "manoeuvre"), -0.6 / 15, atol=1e-12)
    np.testing.assert_allclose(inside(velocity, "constant velocity again"), -0.3)
    # No jump anywhere: at most 0.3 km/s, and velocity changes by at most the manoeuvre's.
    assert np.abs(np.diff(track.position)).max() <= 0.3 * 0.5 + 1e-12
    assert np.abs(acceleration).max() <= 0.04 + 1e-9


def test_phases_stretch_with_the_flight():
    track = spaceship_track(duration=360.0, velocity=1.0)
    assert track.phases[2] == ("constant velocity", 70.0, 210.0)
    np.testing.assert_allclose(np.diff(track.position[80:200]), 1.0)


@pytest.mark.parametrize("track", [spaceship_track(dt=0.7), iss_track(duration=5600.0)], ids=repr)
def test_phases_share_the_samples_out(track):
    names = {name for name, _, _ in track.phases}
    owners = sum(track.during(name).astype(int) for name in names)
    np.testing.assert_array_equal(owners, np.ones(track.time.size))
    assert track.phases[0][1] == 0.0
    for (_, _, end), (_, begin, _) in zip(track.phases, track.phases[1:], strict=False):
        assert end == begin


@pytest.mark.parametrize("make", [spaceship_track, iss_track, constant_velocity_track])
def test_noise_is_as_stated_and_seeded(make):
    track = make(duration=5000.0)
    noise = track.measured - track.position
    assert noise.std() == pytest.approx(track.sigma, rel=0.04)
    assert noise.mean() == pytest.approx(0.0, abs=0.05 * track.sigma)
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(0.0, abs=0.05)
    np.testing.assert_array_equal(make(duration=5000.0).measured, track.measured)
    assert not np.array_equal(make(duration=5000.0, seed=1).measured, track.measured)
    half = make(duration=5000.0, sigma=track.sigma / 2)
    np.testing.assert_allclose(half.measured - half.position, noise / 2, rtol=1e-6, atol=1e-9)
    assert f"seed {0}" in track.source
    assert track.time[1] == track.dt == 1.0


def test_drop_outs_change_nothing_else():
    full, holed = spaceship_track(), spaceship_track(dropouts=6)
    lost = np.isnan(holed.measured)
    assert lost.sum() == 6
    assert not np.isnan(full.measured).any()
    np.testing.assert_array_equal(full.measured[~lost], holed.measured[~lost])
    assert repr(holed).endswith("sigma=3 km, 6 drop-outs)")


def test_sample_times():
    assert sample_times(0.3, 0.1).size == 4  # though 0.3 / 0.1 is below 3
    assert sample_times(1.0, 0.4).tolist() == [0.0, 0.4, 0.8]


def test_lessons_window_lies_between_the_extremes():
    """Lag against noise has an interior optimum of some 5 to 11 samples on both tracks."""
    ship, station = spaceship_track(), iss_track()
    assert best_window_length(0.3, ship.dt, ship.sigma) == 6
    assert best_window_length(6.0, station.dt, station.sigma) == 7
    for track, phase in ((ship, "constant velocity"), (station, "northward")):
        mask = track.during(phase, settle=30.0)
        rmse = [
            error_summary(smooth(track.measured, box(m))[mask], track.position[mask]).rmse
            for m in range(1, 31)
        ]
        assert 5 <= 1 + int(np.argmin(rmse)) <= 11
        assert rmse[0] > 1.8 * min(rmse) < rmse[-1]


def test_lessons_start_up_and_lateness_show():
    track = spaceship_track()
    zeros = smooth(track.measured, box(7), start="zeros")
    mended = smooth(track.measured, box(7))
    assert abs(zeros[0] - track.position[0]) > 5 * track.sigma
    assert np.abs(mended[:7] - track.position[:7]).max() < 2 * track.sigma
    top = track.time[np.argmax(track.position)]
    late = [track.time[np.argmax(smooth(track.position, box(m)))] - top for m in (1, 7, 25)]
    assert late == [0.0, pytest.approx(3.0, abs=1.0), pytest.approx(12.0, abs=1.0)]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: spaceship_track(dt=0), ValueError, "dt must be a positive number"),
        (lambda: spaceship_track(duration=0.5), ValueError, "duration must be at least dt = 1.0"),
        (lambda: spaceship_track(sigma=-1.0), ValueError, "sigma must be at least 0 km, got -1.0"),
        (lambda: spaceship_track(dropouts=-1), ValueError, "dropouts must be a non-negative"),
        (lambda: spaceship_track(dropouts=181), ValueError, "dropouts must leave one of 181"),
        (lambda: spaceship_track(dropouts=1.5), TypeError, "dropouts must be a non-negative"),
        (lambda: iss_track().during("manoeuvre"), ValueError, "phase must be one of 'northward'"),
    ],
)
def test_errors_say_what_is_wrong(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_track_compares_by_identity_and_is_frozen():
    track = constant_velocity_track(duration=2.0)
    assert isinstance(track, Track)
    assert track == track
    assert track != constant_velocity_track(duration=2.0)
    with pytest.raises(AttributeError):
        track.dt = 2.0


def test_of_bars_within_one_another_the_outermost_is_shown(capsys):
    with Bar("Outside", 2, where="terminal") as outside:
        with Bar("Within", 2, where="terminal") as within:
            within.update(2)
        outside.update(1, "one")
    with Bar("Alone", 1, where="terminal"):
        pass
    shown = capsys.readouterr().err
    assert "Outside" in shown and "Alone" in shown
    assert "Within" not in shown
