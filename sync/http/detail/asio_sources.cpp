// Asio and its TLS, compiled once for the whole product.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
