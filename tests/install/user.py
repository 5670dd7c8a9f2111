# SPDX-License-Identifier: MIT
# user.py LIBRARY URL: somebody's own program, in Python. Of each struct it knows the first members.
import sys
from ctypes import CDLL, POINTER, Structure, byref, c_byte, c_char_p, c_size_t


class Config(Structure):
    _fields_ = [("size", c_size_t), ("base_url", c_char_p), ("rest", c_byte * 4096)]


class Request(Structure):
    _fields_ = [("model", c_char_p), ("prompt", c_char_p), ("prompt_len", c_size_t), ("rest", c_byte * 4096)]


class Reply(Structure):
    _fields_ = [("content", c_char_p), ("content_len", c_size_t), ("rest", c_byte * 4096)]


class Model(Structure):
    _fields_ = [("name", c_char_p)]


oc = CDLL(sys.argv[1])
oc.oc_models.restype = POINTER(Model)
n = c_size_t()
print(oc.oc_models(byref(n)).contents.name.decode(), n.value)

config, request, reply = Config(), Request(), Reply()
error = (c_byte * 4096)()
oc.oc_config_init(byref(config))
config.base_url = sys.argv[2].encode()
oc.oc_request_init(byref(request))
request.model = b"m"
request.prompt, request.prompt_len = b"Hello", 5
if oc.oc_complete(byref(config), byref(request), byref(reply), byref(error)):
    sys.exit("oc_complete failed")
print(reply.content.decode(), reply.content_len)
oc.oc_reply_release(byref(reply))
