// Beast, compiled once for the whole product.
#include <boost/beast/src.hpp>
