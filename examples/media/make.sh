#!/bin/sh
# Makes the sample course's video: one lunar day at a harbour wall, in twenty seconds. Needs ffmpeg; the result is committed, so
# that nobody else does. Run it from the repository's root.
set -eu
out=examples/course/static/lunar_day.mp4
level="(150-45*cos(4*PI*T/20))"
water="gt(Y,$level+2*sin(X/14+T*2))"
wall="lt(X,110)*gt(Y,70)"
moon="lt(hypot(X-480*mod(T/20+0.5,1),Y-45),18)"
pick() { echo "if($wall,$1,if($water,$2,if($moon,$3,$4)))"; }
ffmpeg -hide_banner -loglevel error -y -f lavfi -i "color=size=480x270:rate=12:duration=20" \
  -vf "format=yuv444p,geq=lum='$(pick 96 110 225 60)':cb='$(pick 126 158 120 142)':cr='$(pick 132 92 134 118)',format=yuv420p" \
  -c:v libx264 -preset veryslow -crf 30 -movflags +faststart -map_metadata -1 -fflags +bitexact -flags:v +bitexact "$out"
