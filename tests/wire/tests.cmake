# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(wire canonical_test frame_codec_test)
